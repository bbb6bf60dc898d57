/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The zones of each node: include/linux/mmzone.h. */
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
