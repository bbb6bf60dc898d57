/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Loaded modules, and their memory: include/linux/module.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct symbol_provider;

struct listed_module {
	uint64_t address; /* address of the struct module */
	char name[64]; /* MODULE_NAME_LEN is 56 or 60; may hold any bytes */
};

/* Calls visit() in the order of the list, until it returns false, the list ends or is damaged, or
 * kernel_stopped(). False with err: types or the list are unknown, and no module was visited; or
 * the list is damaged, and modules may be missing. */
bool module_each(struct kernel *kernel,
		 bool (*visit)(struct kernel *kernel, const struct listed_module *module,
			       void *arg),
		 void *arg, struct error *err);

/* In the order of the kernel's enum mod_mem_type. If two parts of a damaged module have one
 * address, the first is used. */
enum module_part {
	PART_TEXT,
	PART_DATA,
	PART_RODATA,
	PART_RO_AFTER_INIT,
	PART_INIT_TEXT,
	PART_INIT_DATA,
	PART_INIT_RODATA,
	NR_MODULE_PARTS
};
/* Names in answers: "text", "init-data". */
extern const char *const module_part_names[NR_MODULE_PARTS];

/* Is the part freed when the module has started? */
static inline bool module_part_is_init(enum module_part part)
{
	return part >= PART_INIT_TEXT;
}

struct module_range {
	uint64_t first, last; /* both inclusive */
	uint64_t module; /* address of its struct module */
	char name[64]; /* name of the module; printable */
	enum module_part part;
};

/* The part of a module that contains vaddr, borrowed from the kernel until its facts are forgotten.
 * NULL: no part does, or types or the list are unknown. */
const struct module_range *module_range_of(struct kernel *kernel, uint64_t vaddr);

/* All parts of modules that begin within [first, last], in the order of addresses: *nr parts,
 * borrowed in the same way. NULL: none. */
const struct module_range *module_all_ranges(struct kernel *kernel, uint64_t first, uint64_t last,
					     size_t *nr);

extern const struct symbol_provider module_symbols; /* in module_symbols.c */
