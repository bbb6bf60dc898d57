/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The lists of free blocks. A zone has a list for each order and migrate type:
 * include/linux/mmzone.h. */
#pragma once

#include "linux/page/zone.h"

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
