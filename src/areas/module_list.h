/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of loaded modules: include/linux/module.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

enum { MOST_MODULES = 4096 };

struct listed_module {
	uint64_t address; /* of struct module */
	char name[64]; /* MODULE_NAME_LEN is 56 or 60; may hold any bytes */
};

/* Visits the modules in the order of the list until visit() returns false, the
 * list ends or is damaged, or kernel_stopped(). Visits none where types or the
 * list are unknown. */
void kernel_each_module(struct kernel *kernel,
			bool (*visit)(struct kernel *kernel,
				      const struct listed_module *module,
				      void *arg),
			void *arg);
