/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What several families of entries have in common, and what the bits of one are called. */
#pragma once

#include "paging/family.h"

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
