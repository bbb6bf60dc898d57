/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the page tables of IOMMUs have in common: 64-bit entries, one table for all
 * addresses, two rights, each a bit, that a mapping has where all its levels have it. */
#pragma once

#include "bus/tables.h"
#include "paging/family.h"

enum { IO_WORD = 8 }; /* bytes of an entry */
#define IO_ADDRESS UINT64_C(0x000ffffffffff000)

/* --- for struct entry_code --- */

static inline uint64_t io_rights_of(const struct paging *paging,
				    unsigned int level, uint64_t entry)
{
	(void)paging, (void)level;
	return entry;
}

static inline unsigned int io_may(uint64_t rights, uint64_t read,
				  uint64_t write)
{
	return (rights & read ? MAY_READ : 0) |
	       (rights & write ? MAY_WRITE : 0);
}

static inline uint64_t io_table_of(const struct paging *paging, uint64_t entry)
{
	return entry & paging->frame_mask;
}

/* --- for struct paging_family --- */

static inline uint64_t io_root_of(const struct space *space, uint64_t address)
{
	(void)address;
	return space->root;
}

static inline unsigned int io_cache_index(const struct paging *paging,
					  unsigned int level, uint64_t entry)
{
	(void)paging, (void)level, (void)entry;
	return 0;
}

static inline bool io_is_global(const struct paging *paging, uint64_t entry)
{
	(void)paging, (void)entry;
	return false;
}

/* --- what an entry's bits are called --- */

struct io_flag {
	uint64_t bit;
	const char *name; /* static */
};

/* Names of those of the nr that the entry has; returns their number. */
static inline unsigned int io_flags(uint64_t entry, const struct io_flag *known,
				    unsigned int nr,
				    const char *flags[MOST_DMA_FLAGS])
{
	unsigned int nr_set = 0;

	for (unsigned int i = 0; i < nr && nr_set < MOST_DMA_FLAGS; i++)
		if (entry & known[i].bit)
			flags[nr_set++] = known[i].name;
	return nr_set;
}
