/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Counts, flags, mapping, node and zone of a struct page. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* Members that this kernel lacks, or whose offset is unknown, are marked as unknown. */
struct page_info {
	bool has_flags, has_refcount, has_mapcount, has_mapping, has_node;
	uint64_t flags;
	int64_t refcount;
	int64_t mapcount; /* user mappings; not for typed, slab and compound pages */
	uint64_t mapping;
	uint64_t node;
	const char *zone; /* static: "Normal"; NULL: unknown */
	/* The first tail of a compound page: some bits of flags have another meaning. */
	bool second;
	uint64_t order_bits; /* bits of flags that contain the order */
};

/* Are these flags of a struct page of ZONE_DEVICE, for memory of a device? False if they were never
 * set, or the zone is not known. */
bool page_flags_of_device(struct kernel *kernel, uint64_t flags);

/* Fails only if the size of struct page is unknown, or page cannot be read. */
bool page_info_read(struct kernel *kernel, uint64_t page, struct page_info *info,
		    struct error *err);

/* Calls visit for each flag set, low bits first, with its name in the kernel's enum pageflags,
 * without "PG_". The name is valid until facts are forgotten. False: no types have the enum. Uses
 * flags, second and order_bits of info. */
bool page_flags_of(struct kernel *kernel, const struct page_info *info,
		   void (*visit)(const char *name, void *arg), void *arg);
