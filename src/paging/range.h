/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page table maps, as few ranges as possible. */
#pragma once

#include "paging/scan.h"

/* Neighbours of one page size, with the same rights and the same cache type; or
 * an address range of which nothing can be said. */
struct range {
	uint64_t first, last;      /* addresses, inclusive */
	enum walk_outcome outcome; /* WALK_MAPPED, WALK_CORRUPT or WALK_UNREADABLE */
	enum page_state reason;    /* WALK_UNREADABLE */
	uint64_t entry, entry_paddr; /* of the first; unreadable: entry_paddr only */
	uint64_t page_size;
	uint8_t level;
	bool writable, user, executable, global;
	uint8_t cache; /* of range_scan.cache_class */
};

struct range_scan {
	struct scan scan;
	/* What PAT:PCD:PWT means to the asker: ranges end where this changes. */
	uint8_t cache_class[8];
	struct range pending;
	bool has_pending;
};

/* As scan_start(). Every PAT:PCD:PWT is then a class of its own. */
void range_start(struct range_scan *ranges, const struct space *space,
		 uint64_t first, uint64_t last);

/* The next range; false at the end, and ranges->scan.end says which. */
bool range_next(struct range_scan *ranges, struct range *range);
