/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Facts about an area of vmalloc, such as its kind and its caller. */
#pragma once

#include "query/place.h"

/* The flags with their names in /proc/vmallocinfo. The table ends with a NULL name. The kind of an
 * area is the first flag that has is_kind and is set in the area. */
struct area_flag {
	uint32_t flag;
	const char *name;
	bool is_kind;
};
extern const struct area_flag area_flags[];

/* Writes the symbol and offset of vaddr, such as "symbol+0x10". Returns false if vaddr has no known
 * symbol. */
bool query_symbol_text(struct kernel *kernel, uint64_t vaddr, char text[SYMBOL_TEXT]);

/* Pointers are borrowed from the kernel until its facts are forgotten. */
struct area_info {
	const char *kind; /* "": unknown */
	const char *module; /* "": no module, or several modules */
	/* If several modules share the area: their parts, otherwise NULL. */
	const struct module_range *shared;
	size_t nr_shared;
	/* Name of the resource that ioremap() mapped here; "": none or unknown. */
	const char *resource;
	char caller[SYMBOL_TEXT]; /* code that allocated the area: symbol and offset; "": unknown */
};

/* Describes the whole area. */
void query_area_info(struct kernel *kernel, const struct vmalloc_area *area,
		     struct area_info *info);

/* Describes the area at vaddr, an address in the area. The module is the module of vaddr, and
 * shared is NULL. */
void query_area_info_at(struct kernel *kernel, const struct vmalloc_area *area, uint64_t vaddr,
			struct area_info *info);

/* Sums over the areas of one caller. */
struct caller_sum {
	/* Address in the caller's code; 0: unknown. The first member, for sorting. */
	uint64_t caller;
	uint64_t nr; /* number of areas */
	uint64_t size, used; /* in bytes, with and without guard pages */
	uint64_t nr_pages;
};

/* Computes the sums for each caller in the list. Returns an array of *nr sums, sorted by caller,
 * which the caller must free with free(). Returns NULL and sets err if memory is exhausted or the
 * user stopped the computation. */
struct caller_sum *query_callers(struct kernel *kernel, const struct vmalloc_list *list, size_t *nr,
				 struct error *err);
