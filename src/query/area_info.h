/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Describes an area of vmalloc: its kind, its module, its caller and so on. */
#pragma once

#include "query/place.h"

/* The flags of areas and their names in /proc/vmallocinfo. The last entry has the name NULL. The
 * kind of an area is the name of the first entry with is_kind whose flag is set in the area. */
struct area_flag {
	uint32_t flag;
	const char *name;
	bool is_kind;
};
extern const struct area_flag area_flags[];

/* Writes the symbol and the offset of vaddr, such as "symbol+0x10". Returns false if no symbol is
 * known for vaddr. */
bool query_symbol_text(struct kernel *kernel, uint64_t vaddr, char text[SYMBOL_TEXT]);

/* A description of an area. Its pointers are borrowed until the kernel's facts are forgotten. */
struct area_info {
	const char *kind; /* "": unknown */
	const char *module; /* name of the module in the area; "": no module, or several modules */
	/* The parts of modules in the area if several modules share it. NULL if not. */
	const struct module_range *shared;
	size_t nr_shared;
	/* Name of the resource that ioremap() mapped to this area. "": no resource, or unknown. */
	const char *resource;
	char caller[SYMBOL_TEXT]; /* code that allocated the area: symbol and offset; "": unknown */
};

/* Describes an area. If several modules share it, module is "" and shared contains their parts. */
void query_area_info(struct kernel *kernel, const struct vmalloc_area *area,
		     struct area_info *info);

/* Describes an area by one address in it, vaddr. module is the module at vaddr, and shared is
 * NULL. */
void query_area_info_at(struct kernel *kernel, const struct vmalloc_area *area, uint64_t vaddr,
			struct area_info *info);

/* The areas of one caller, counted and summed up. */
struct caller_sum {
	/* Address in the code of the caller. 0: unknown. Must be the first member, because the
	 * array is sorted by it. */
	uint64_t caller;
	uint64_t nr; /* number of areas */
	uint64_t size, used; /* bytes of all areas, with and without their guard pages */
	uint64_t nr_pages;
};

/* Sums up the areas in the list for each caller. Returns an array of *nr sums, sorted by caller,
 * which the caller of this function must free with free(). Returns NULL and sets err if there is
 * not enough memory, or if the user stopped the work. */
struct caller_sum *query_callers(struct kernel *kernel, const struct vmalloc_list *list, size_t *nr,
				 struct error *err);
