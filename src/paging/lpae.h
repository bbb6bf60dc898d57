/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The parts of Arm's entry formats that are the same in all stages: Arm ARM (DDI 0487), D8.3. */
#pragma once

#include "paging/family.h"

enum {
	LPAE_VALID = 1 << 0,
	LPAE_TABLE = 1 << 1, /* the entry points to a table; in the last level: it maps a page */
};

/* A mask of the bits from FIRST to LAST, inclusive. */
#define LPAE_BITS(FIRST, LAST) ((UINT64_C(2) << (LAST)) - (UINT64_C(1) << (FIRST)))
/* A mask of the address bits that an entry for a block of 1 << SHIFT bytes does not use, and that
 * must be 0 (RES0). The mask leaves out nT (bit 16), and the bits in HIGH, which contain high bits
 * of the address. */
#define LPAE_UNUSED(GRANULE, SHIFT, HIGH)                                                          \
	(LPAE_BITS(GRANULE, (SHIFT)-1) & ~LPAE_BITS(16, 16) & ~(HIGH))

/* Returns the physical address of the table or page that an entry points to. LPA (64K pages) and
 * LPA2 (4K and 16K pages) store the address bits above bit 47 in the bits of high_mask: D8.3.1.
 * Without LPA and LPA2, high_mask is 0. */
static inline uint64_t lpae_address(const struct paging *paging, uint64_t entry)
{
	return (entry & paging->frame_mask) | (entry & paging->high_mask) << paging->high_shift;
}

/* The member `reserved` of struct paging_level, for a level whose entries may point to tables: the
 * bits in RES0 must be 0 in such an entry, and the two lowest bits must be 1. For the last level,
 * the member is 0. So one comparison decides whether an entry points to a table. */
#define LPAE_TO_TABLE(RES0) (LPAE_VALID | LPAE_TABLE | (RES0))

/* Returns the class of an entry. In the last level, a valid entry maps a page (low bits 11). In
 * other levels, it points to a table (11), or, in some levels, maps a block (01). */
static inline enum entry_class lpae_class(const struct paging *paging, unsigned int level,
					  uint64_t entry)
{
	const struct paging_level *at = &paging->level[level];
	bool last = level + 1u == paging->nr_levels;

	if ((entry & at->reserved) == (LPAE_VALID | LPAE_TABLE))
		return CLASS_TABLE;
	if (!(entry & LPAE_VALID))
		return CLASS_ABSENT;
	if (last != !!(entry & LPAE_TABLE) || !at->maps_pages)
		return CLASS_CORRUPT;
	return entry & at->reserved_large ? CLASS_CORRUPT : CLASS_PAGE;
}
