/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Facts about an area of vmalloc: its kind, and its caller. */
#pragma once

#include "query/place.h"

/* Names of flags as in /proc/vmallocinfo; the table ends with a NULL name. The kind of an area is
 * the first set flag with is_kind. */
struct area_flag {
	uint32_t flag;
	const char *name;
	bool is_kind;
};
extern const struct area_flag area_flags[];

/* Writes "symbol+0xoffset" of vaddr. False: unknown. */
bool query_symbol_text(struct kernel *kernel, uint64_t vaddr, char text[SYMBOL_TEXT]);

/* Borrowed from the kernel until its facts are forgotten. */
struct area_info {
	const char *kind; /* "": unknown */
	const char *module; /* "": no module, or several */
	const struct module_range *shared; /* if several modules share the area: their parts */
	size_t nr_shared;
	const char *resource; /* mapped by ioremap(); "": none or unknown */
	char caller[SYMBOL_TEXT]; /* symbol and offset; "": unknown */
};

/* Describes the whole area. */
void query_area_info(struct kernel *kernel, const struct vmalloc_area *area,
		     struct area_info *info);

/* Describes the area at vaddr, which must be within the area: the result has no shared. */
void query_area_info_at(struct kernel *kernel, const struct vmalloc_area *area, uint64_t vaddr,
			struct area_info *info);

/* Sums over the areas of one caller. */
struct caller_sum {
	uint64_t caller; /* the first member, for sorting: address in the code; 0: unknown */
	uint64_t nr; /* number of areas */
	uint64_t size, used; /* bytes: with guard pages, and without */
	uint64_t nr_pages;
};

/* The sums of a list, sorted by the caller's address; to be freed with free(). NULL with err: out
 * of memory, or stopped. */
struct caller_sum *query_callers(struct kernel *kernel, const struct vmalloc_list *list, size_t *nr,
				 struct error *err);
