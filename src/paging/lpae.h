/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Entries of Arm's page tables, common to all stages: Arm ARM (DDI 0487), D8.3. */
#pragma once

#include "paging/family.h"

enum {
	LPAE_VALID = 1 << 0,
	LPAE_TABLE = 1 << 1, /* points to a table; in the last level: maps a page */
};

/* Address bits from FIRST to LAST of an entry, inclusive. */
#define LPAE_BITS(FIRST, LAST) ((UINT64_C(2) << (LAST)) - (UINT64_C(1) << (FIRST)))
/* Of a block of so many bits: the address bits that it does not use, except nT (bit 16) and, where
 * they are of the address, those from HIGH on. All RES0. */
#define LPAE_UNUSED(GRANULE, SHIFT, HIGH)                                                          \
	(LPAE_BITS(GRANULE, (SHIFT)-1) & ~LPAE_BITS(16, 16) & ~(HIGH))

/* Physical address of the table or page that an entry leads to: above bit 47 as LPA (64K) and
 * LPA2 (4K, 16K) have it, D8.3.1. Without them high_mask is 0. */
static inline uint64_t lpae_address(const struct paging *paging, uint64_t entry)
{
	return (entry & paging->frame_mask) | (entry & paging->high_mask) << paging->high_shift;
}

static inline uint64_t lpae_page(const struct paging *paging, unsigned int level, uint64_t entry)
{
	return lpae_address(paging, entry) & -(UINT64_C(1) << paging->level[level].shift);
}

/* The last level has pages (11) alone, the others tables (11) and, some, blocks (01). */
static inline enum entry_class lpae_class(const struct paging *paging, unsigned int level,
					  uint64_t entry)
{
	const struct paging_level *at = &paging->level[level];
	bool last = level + 1u == paging->nr_levels;

	if (!(entry & LPAE_VALID))
		return CLASS_ABSENT;
	if ((entry & LPAE_TABLE) && !last)
		return entry & at->reserved ? CLASS_CORRUPT : CLASS_TABLE;
	if (last ? !(entry & LPAE_TABLE) : !at->maps_pages)
		return CLASS_CORRUPT;
	return entry & at->reserved_large ? CLASS_CORRUPT : CLASS_PAGE;
}
