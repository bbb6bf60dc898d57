/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mappings of a page table, merged into as few ranges as possible. */
#pragma once

#include "paging/scan.h"

struct range_scan {
	struct scan scan;
	/* Maps the family's cache index to the caller's cache type: ranges end where
	 * the type changes. */
	uint8_t cache_class[8];
	struct scanned pending;
	bool has_pending;
};

/* As scan_start(). At first every cache index is a type of its own. */
void range_start(struct range_scan *ranges, const struct space *space,
		 uint64_t first, uint64_t last);

/* The next range: adjacent pages of one size, rights and cache type; adjacent corrupt
 * entries of one level; or addresses whose entries are not in the dump. entry, paddr
 * and entry_paddr are the first one's. False at the end: ranges->scan.end says why. */
bool range_next(struct range_scan *ranges, struct scanned *range);
