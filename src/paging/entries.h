/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What several families of entries have in common, and what the bits of one are called. */
#pragma once

#include "paging/family.h"

/* PAT:PCD:PWT of x86's format, the index into the PAT MSR: SDM vol. 3A, table 4-10 and
 * 4.9.2; AMD64 APM vol. 2, 7.8.1. */
static inline unsigned int pat_index(const struct paging *paging,
				     unsigned int level, uint64_t entry)
{
	unsigned int pat = level + 1u < paging->nr_levels ? 12 : 7;

	return (unsigned int)((entry >> pat & 1) << 2 | (entry >> 3 & 3));
}

struct entry_bit {
	uint64_t bit; /* 0: this entry has no such bit */
	const char *name; /* static */
};

/* Names of those of the nr bits that the entry has, most of them at most; returns their
 * number. */
static inline unsigned int entry_bit_names(uint64_t entry,
					   const struct entry_bit *known,
					   size_t nr, const char **names,
					   unsigned int most)
{
	unsigned int nr_set = 0;

	for (size_t i = 0; i < nr && nr_set < most; i++)
		if (entry & known[i].bit)
			names[nr_set++] = known[i].name;
	return nr_set;
}
