/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Bits that entries of several families have in common, and functions for the names of bits. */
#pragma once

#include "paging/family.h"

/* The bits of x86 entries: Intel SDM vol. 3A, 4.3 to 4.5. Other formats use some of these bits,
 * too. */
enum {
	ENTRY_PRESENT = 1 << 0,
	ENTRY_RW = 1 << 1,
	ENTRY_USER = 1 << 2,
	ENTRY_WRITE_THROUGH = 1 << 3, /* PWT */
	ENTRY_UNCACHED = 1 << 4, /* PCD */
	ENTRY_ACCESSED = 1 << 5,
	ENTRY_DIRTY = 1 << 6,
	ENTRY_LARGE = 1 << 7, /* set in an entry above the last level that maps a page */
	ENTRY_PAT = 1 << 7,
	ENTRY_GLOBAL = 1 << 8, /* has a meaning only in entries that map a page */
	ENTRY_LARGE_PAT = 1 << 12, /* the PAT bit in the entry of a large page */
};
#define ENTRY_NO_EXECUTE (UINT64_C(1) << 63)
/* The mask of the address in a 64-bit entry. It is the same in all formats. */
#define ENTRY_FRAME UINT64_C(0x000ffffffffff000)

/* Computes an index in the PAT MSR from the bits PAT, PCD and PWT of an x86 entry: SDM vol. 3A,
 * table 4-10 and 4.9.2; AMD64 APM vol. 2, 7.8.1. */
static inline unsigned int pat_index(const struct paging *paging, unsigned int level,
				     uint64_t entry)
{
	unsigned int pat = level + 1u < paging->nr_levels ? 12 : 7;

	return (unsigned int)((entry >> pat & 1) << 2 | (entry >> 3 & 3));
}

enum { MOST_ENTRY_BITS = 16 };

/* Describes the access rights of a mapped page: writes the text of family->access(). The outcome of
 * the walk must be WALK_MAPPED. Returns false if the family has no such function. */
bool entry_access(const struct paging *paging, const struct walk *walk, char text[ACCESS_TEXT]);

/* Fills names with the names of the bits that are set in the entry, and with the name of its cache
 * type. The names are static. Returns the number of names. */
unsigned int entry_bit_names(const struct paging *paging, unsigned int level, uint64_t entry,
			     const char *names[MOST_ENTRY_BITS]);
