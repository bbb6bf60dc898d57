/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Loaded modules and their memory: include/linux/module.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct symbol_provider;

struct listed_module {
	uint64_t address; /* address of the struct module */
	char name[64]; /* MODULE_NAME_LEN is 56 or 60; may contain any bytes */
};

/* Calls visit for each module in the order of the kernel's list, until visit returns false, or
 * until the user stops the work. Returns false and sets err if types or the list are unknown, or if
 * the list is damaged. If the list is damaged, visit is called only for the modules before the
 * damage. */
bool module_each(struct kernel *kernel,
		 bool (*visit)(struct kernel *kernel, const struct listed_module *module,
			       void *arg),
		 void *arg, struct error *err);

/* The parts of a module, in the order of enum mod_mem_type. If two parts of a damaged module have
 * the same address, the address is reported as part of the first one. */
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
/* Names of parts in answers, such as "text" and "init-data". */
extern const char *const module_part_names[NR_MODULE_PARTS];

/* Is the part freed after the module has started? */
static inline bool module_part_is_init(enum module_part part)
{
	return part >= PART_INIT_TEXT;
}

struct module_range {
	uint64_t first, last; /* inclusive */
	uint64_t module; /* address of the struct module */
	char name[64]; /* printable name of the module */
	enum module_part part;
};

/* Returns the part of a module that contains vaddr, borrowed from the kernel until states_forget().
 * Returns NULL if no module contains vaddr, or if types or the list are unknown. */
const struct module_range *module_range_of(struct kernel *kernel, uint64_t vaddr);

/* Returns all parts of modules that begin at addresses from first to last (inclusive), in the order
 * of addresses. Sets *nr to the number of parts. The array is borrowed until states_forget().
 * Returns NULL if there are no such parts. */
const struct module_range *module_all_ranges(struct kernel *kernel, uint64_t first, uint64_t last,
					     size_t *nr);

/* Do the name of the module's directory in /sys, and vmalloc's areas, agree with its struct module? Unknown is yes. */
bool module_agrees(struct kernel *kernel, const struct listed_module *module, struct error *err);

extern const struct symbol_provider module_symbols; /* in module_symbols.c */
