/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mappings of a page table, merged into as few ranges as possible. */
#pragma once

#include "paging/scan.h"

/* Adjacent pages of one size, rights and cache type; adjacent corrupt entries of one
 * level; or addresses whose entries are not in the dump. */
struct range {
	uint64_t first, last;      /* addresses, inclusive */
	enum walk_outcome outcome; /* WALK_MAPPED, WALK_CORRUPT or WALK_UNREADABLE */
	enum page_state reason;    /* WALK_UNREADABLE */
	uint64_t entry, entry_paddr; /* the first entry; WALK_UNREADABLE: entry_paddr only */
	uint64_t page_size;
	uint8_t level; /* index of paging->level */
	bool writable, user, executable, global;
	uint8_t cache; /* a value of range_scan.cache_class */
};

struct range_scan {
	struct scan scan;
	/* Maps the family's cache index to the caller's cache type: ranges end where
	 * the type changes. */
	uint8_t cache_class[8];
	struct range pending;
	bool has_pending;
};

/* As scan_start(). At first every cache index is a type of its own. */
void range_start(struct range_scan *ranges, const struct space *space,
		 uint64_t first, uint64_t last);

/* The next range; false at the end: ranges->scan.end says why. */
bool range_next(struct range_scan *ranges, struct range *range);
