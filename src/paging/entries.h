/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What several families of entries have in common, and what the bits of one are called. */
#pragma once

#include "paging/family.h"

/* Bits of an entry of x86: Intel SDM vol. 3A, 4.3 to 4.5. Other formats have some of them. */
enum {
	ENTRY_PRESENT = 1 << 0,
	ENTRY_RW = 1 << 1,
	ENTRY_USER = 1 << 2,
	ENTRY_WRITE_THROUGH = 1 << 3, /* PWT */
	ENTRY_UNCACHED = 1 << 4, /* PCD */
	ENTRY_ACCESSED = 1 << 5,
	ENTRY_DIRTY = 1 << 6,
	ENTRY_LARGE = 1 << 7, /* above the last level, in which it is: */
	ENTRY_PAT = 1 << 7,
	ENTRY_GLOBAL = 1 << 8, /* in an entry that maps a page */
	ENTRY_LARGE_PAT = 1 << 12, /* PAT of a large page */
};
#define ENTRY_NO_EXECUTE (UINT64_C(1) << 63)
/* The address in an entry of 64 bits, of any format. */
#define ENTRY_FRAME UINT64_C(0x000ffffffffff000)

/* PAT:PCD:PWT of x86's format, the index into the PAT MSR: SDM vol. 3A, table 4-10 and
 * 4.9.2; AMD64 APM vol. 2, 7.8.1. */
static inline unsigned int pat_index(const struct paging *paging, unsigned int level,
				     uint64_t entry)
{
	unsigned int pat = level + 1u < paging->nr_levels ? 12 : 7;

	return (unsigned int)((entry >> pat & 1) << 2 | (entry >> 3 & 3));
}

enum { MOST_ENTRY_BITS = 16 };

/* Sets names of the bits that the entry has, static, and its cache type's; returns how many. */
unsigned int entry_bit_names(const struct paging *paging, unsigned int level, uint64_t entry,
			     const char *names[MOST_ENTRY_BITS]);
