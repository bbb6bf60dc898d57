/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory that modules lie in, out of the list of struct modules:
 * include/linux/module.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct module_ranges;

struct module_range {
	uint64_t start, last;
	char name[64];    /* of the module; printable */
	const char *part; /* static: "text", "rodata", "ro-after-init", "data", "init-text", ... */
};

/* The part of a module that holds vaddr. Found once; NULL where none does, and
 * where the list or its types are not known. */
const struct module_range *kernel_module_range(struct kernel *kernel,
					       uint64_t vaddr);

void module_ranges_destroy(struct module_ranges *ranges); /* NULL is fine */
