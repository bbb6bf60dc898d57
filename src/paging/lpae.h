/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Entries of Arm's page tables, as far as all stages have the same format: Arm ARM (DDI 0487),
 * D8.3. */
#pragma once

#include "paging/family.h"

enum {
	LPAE_VALID = 1 << 0,
	LPAE_TABLE = 1 << 1, /* points to a table; in the last level, maps a page */
};

/* The bits of an entry from FIRST to LAST, inclusive. */
#define LPAE_BITS(FIRST, LAST) ((UINT64_C(2) << (LAST)) - (UINT64_C(1) << (FIRST)))
/* The address bits that an entry for a block of 1 << SHIFT bytes does not use. They are RES0.
 * Exceptions are nT (bit 16), and the bits in HIGH, which contain bits of the address. */
#define LPAE_UNUSED(GRANULE, SHIFT, HIGH)                                                          \
	(LPAE_BITS(GRANULE, (SHIFT)-1) & ~LPAE_BITS(16, 16) & ~(HIGH))

/* The physical address of the table or page to which an entry points. The address bits above bit 47
 * are encoded as in LPA (64K) and LPA2 (4K, 16K), D8.3.1. Without LPA and LPA2, high_mask is 0. */
static inline uint64_t lpae_address(const struct paging *paging, uint64_t entry)
{
	return (entry & paging->frame_mask) | (entry & paging->high_mask) << paging->high_shift;
}

static inline uint64_t lpae_page(const struct paging *paging, unsigned int level, uint64_t entry)
{
	return lpae_address(paging, entry) & -(UINT64_C(1) << paging->level[level].shift);
}

/* Entries of the last level can only map pages (11). Entries of other levels can point to tables
 * (11), and in some levels map blocks (01). */
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
