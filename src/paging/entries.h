/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What most families of entries have in common: pieces for struct entry_code, which the
 * walker inlines, and for struct paging_family; what the bits of an entry are called. */
#pragma once

#include "paging/family.h"

/* --- for struct entry_code --- */

/* Is the entry one of a page? In the last level all are; above it those with the bit large,
 * where the level has such pages. */
static inline bool entry_is_page(const struct paging *paging,
				 unsigned int level, uint64_t entry,
				 uint64_t large)
{
	return level + 1u == paging->nr_levels ||
	       (paging->level[level].maps_pages && (entry & large));
}

/* The class of an entry that is present. */
static inline enum entry_class entry_class_of(const struct paging *paging,
					      unsigned int level,
					      uint64_t entry, bool page)
{
	const struct paging_level *at = &paging->level[level];

	if (entry & (page ? at->reserved_large : at->reserved))
		return CLASS_CORRUPT;
	return page ? CLASS_PAGE : CLASS_TABLE;
}

/* Each right is a bit that is set in the entries of all levels. */
static inline uint64_t entry_rights(const struct paging *paging,
				    unsigned int level, uint64_t entry)
{
	(void)paging, (void)level;
	return entry;
}

static inline uint64_t entry_table(const struct paging *paging, uint64_t entry)
{
	return entry & paging->frame_mask;
}

/* Of a page as large as its level says. */
static inline uint64_t entry_page(const struct paging *paging,
				  unsigned int level, uint64_t entry)
{
	uint64_t size = UINT64_C(1) << paging->level[level].shift;

	return entry & paging->frame_mask & ~(size - 1);
}

/* --- for struct paging_family --- */

/* One table for all addresses. */
static inline uint64_t only_root(const struct space *space, uint64_t address)
{
	(void)address;
	return space->root;
}

/* PAT:PCD:PWT of x86's format, the index into the PAT MSR: SDM vol. 3A, table 4-10 and
 * 4.9.2; AMD64 APM vol. 2, 7.8.1. */
static inline unsigned int pat_index(const struct paging *paging,
				     unsigned int level, uint64_t entry)
{
	unsigned int pat = level + 1u < paging->nr_levels ? 12 : 7;

	return (unsigned int)((entry >> pat & 1) << 2 | (entry >> 3 & 3));
}

/* The entry does not tell a cache type. */
static inline unsigned int no_cache_index(const struct paging *paging,
					  unsigned int level, uint64_t entry)
{
	(void)paging, (void)level, (void)entry;
	return 0;
}

/* No TLB keeps it across what a processor calls processes. */
static inline bool never_global(const struct paging *paging, uint64_t entry)
{
	(void)paging, (void)entry;
	return false;
}

/* --- names --- */

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
