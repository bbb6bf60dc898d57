/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Counts, flags, mapping, node and zone of a struct page. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* A member is marked as unknown if this kernel lacks it, or if its offset is unknown. */
struct page_info {
	bool has_flags, has_refcount, has_mapcount, has_mapping, has_node;
	uint64_t flags;
	int64_t refcount;
	int64_t mapcount; /* number of user mappings; not for typed, slab and compound pages */
	uint64_t mapping;
	uint64_t node;
	const char *zone; /* static, such as "Normal"; NULL: unknown */
	/* The page is the first tail of a compound page. Some bits of flags have another meaning
	 * there. */
	bool second;
	uint64_t order_bits; /* the bits of flags that contain the order */
};

/* Do these flags show a struct page of ZONE_DEVICE, for memory of a device? Returns false also if
 * the flags were never set, or if the zone is unknown. */
bool page_flags_of_device(struct kernel *kernel, uint64_t flags);

/* Fails only if the size of struct page is unknown, or if page cannot be read. */
bool page_info_read(struct kernel *kernel, uint64_t page, struct page_info *info,
		    struct error *err);

/* Calls visit for each flag that is set in info, low bits first. name is the name in the kernel's
 * enum pageflags, but without "PG_". It is valid until facts are forgotten. Returns false if no
 * types have the enum. Uses only flags, second and order_bits of info. */
bool page_flags_of(struct kernel *kernel, const struct page_info *info,
		   void (*visit)(const char *name, void *arg), void *arg);
