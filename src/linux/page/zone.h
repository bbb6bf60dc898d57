/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The zones of each node, and their free blocks: include/linux/mmzone.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum { ZONE_MOST_ORDERS = 16, NR_WATERMARKS = 3 };

/* A zone. The members spanned, present, managed, free and watermark are numbers of frames.
 * free_blocks[order] is the number of free blocks of this order. A member that this kernel's types
 * do not contain is 0 or false. */
struct zone {
	uint64_t node;
	uint64_t address; /* address of the struct zone */
	char name[16];
	uint64_t first, last; /* physical addresses, inclusive */
	uint64_t start_pfn, spanned, present;
	bool has_managed, has_free, has_watermarks;
	uint64_t managed, free;
	uint64_t watermark[NR_WATERMARKS]; /* min, low, high */
	unsigned int nr_orders;
	uint64_t free_blocks[ZONE_MOST_ORDERS];
};

/* Calls visit for each zone that contains frames, until visit returns false. Returns false and sets
 * err if the nodes or their layout are unknown, or if a node cannot be read. */
bool page_each_zone(struct kernel *kernel, bool (*visit)(const struct zone *zone, void *arg),
		    void *arg, struct error *err);

/* --- the lists of free blocks: one for each order and migrate type --- */

struct free_list_layout {
	/* areas: offset in struct zone of the array of struct free_area. area_size: size of a
	 * struct free_area in bytes. heads: offset in struct free_area of the lists. links: offset
	 * in struct page of the list_head. */
	uint64_t areas, area_size, heads, links;
	unsigned int nr_orders, nr_types;
};

/* Fails if the kernel's types do not show the layout. */
bool page_free_list_layout(struct kernel *kernel, struct free_list_layout *layout,
			   struct error *err);

/* Returns the address of the head of a list. */
uint64_t page_free_list_head(struct kernel *kernel, const struct free_list_layout *layout,
			     const struct zone *zone, unsigned int order, unsigned int type);

/* Returns the name of a migrate type, such as "movable". It is static. Returns NULL if the name is
 * unknown. */
const char *page_migrate_type_name(struct kernel *kernel, unsigned int type);

/* Counts the blocks in the lists of a migrate type, for each order. Fails if a list is damaged or
 * not in the dump, or if the user stopped the work. */
bool page_count_free_blocks(struct kernel *kernel, const struct free_list_layout *layout,
			    const struct zone *zone, unsigned int type,
			    uint64_t blocks[ZONE_MOST_ORDERS], struct error *err);
