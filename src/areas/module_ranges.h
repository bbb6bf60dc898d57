/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory of loaded modules: include/linux/module.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

struct module_range {
	uint64_t first, last; /* inclusive */
	char name[64];        /* of the module; printable */
	const char *part;     /* static: "text", "rodata", "ro-after-init", ... */
};

/* The part of a module that holds vaddr, borrowed from the kernel until its facts
 * are forgotten. NULL where none does, or types or the list are unknown. */
const struct module_range *kernel_module_range(struct kernel *kernel,
					       uint64_t vaddr);
