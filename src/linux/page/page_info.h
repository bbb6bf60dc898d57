/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Counts, flags, mapping, node and zone of a struct page. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* Each has_ member is false if this kernel's struct page lacks the value, or if the position of the
 * value is unknown. */
struct page_info {
	bool has_flags, has_refcount, has_mapcount, has_mapping, has_node;
	uint64_t flags;
	int64_t refcount;
	int64_t mapcount; /* number of user mappings; unknown for typed, slab and compound pages */
	uint64_t mapping;
	uint64_t node;
	const char *zone; /* static, such as "Normal"; NULL: unknown */
	/* The page is the first tail of a compound page. In such a page, some bits of flags have
	 * another meaning. */
	bool second;
	uint64_t order_bits; /* the bits of flags that contain the order */
};

/* Do these flags show a struct page of device memory (ZONE_DEVICE)? Returns false also if the flags
 * were never set, or if the position of the zone is unknown. */
bool page_flags_of_device(struct kernel *kernel, uint64_t flags);

/* Reads the struct page at address page. Fails only if the size of struct page is unknown, or if
 * page cannot be read. */
bool page_info_read(struct kernel *kernel, uint64_t page, struct page_info *info,
		    struct error *err);

/* Calls visit for each flag that is set in info, from bit 0 up. name: the name in enum pageflags
 * without "PG_", valid until states_forget(). Returns false if no types contain the enum. Reads
 * only flags, second and order_bits of info. */
bool page_flags_of(struct kernel *kernel, const struct page_info *info,
		   void (*visit)(const char *name, void *arg), void *arg);
