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
	uint64_t address; /* of struct module */
	char name[64]; /* MODULE_NAME_LEN is 56 or 60; may hold any bytes */
};

/* In the order of the list, until visit() returns false, the list ends or is damaged, or
 * kernel_stopped(). False with err: types or the list are unknown, and no module was visited; or
 * the list is damaged, and there may be more modules. */
bool module_each(struct kernel *kernel,
		 bool (*visit)(struct kernel *kernel, const struct listed_module *module,
			       void *arg),
		 void *arg, struct error *err);

/* In the order of the kernel's enum mod_mem_type. If a damaged module has two parts at one
 * address, the first is taken. */
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
/* As answers show them: "text", "init-data". */
extern const char *const module_part_names[NR_MODULE_PARTS];

/* Is it freed when the module has started? */
static inline bool module_part_is_init(enum module_part part)
{
	return part >= PART_INIT_TEXT;
}

struct module_range {
	uint64_t first, last; /* inclusive */
	uint64_t module; /* address of its struct module */
	char name[64]; /* of the module; printable */
	enum module_part part;
};

/* The part of a module that holds vaddr, borrowed from the kernel until its facts
 * are forgotten. NULL where none does, or types or the list are unknown. */
const struct module_range *module_range_of(struct kernel *kernel, uint64_t vaddr);

/* All parts of modules that begin within [first, last], in address order: *nr of them,
 * borrowed likewise. NULL where there are none. */
const struct module_range *module_all_ranges(struct kernel *kernel, uint64_t first, uint64_t last,
					     size_t *nr);

extern const struct symbol_provider module_symbols; /* module_symbols.c */
