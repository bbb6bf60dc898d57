/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The page-table walk. A walk cannot fail: it ends in an outcome. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/dump.h"

enum { MAX_LEVELS = 6 }; /* processors have at most five, AMD's IOMMU six */

struct paging_family;
struct space;
struct walk;

struct paging_level {
	char name[8]; /* "pgd", "p4d", "pud", "pmd", "pte" */
	uint8_t shift; /* lowest bit of the address that selects the entry */
	uint8_t bits; /* number of address bits that select the entry */
	bool maps_pages; /* its entries may map pages */
	bool no_rights; /* its entries hold no access rights (PAE's pgd) */
	uint64_t reserved; /* bits that must be 0 in an entry that points to a table */
	uint64_t reserved_large; /* bits that must be 0 in an entry that maps a page */
};

struct paging {
	const char *name;
	uint8_t entry_size; /* bytes: 4 or 8 */
	uint8_t address_bits; /* width of a virtual address: 32, 48, 57 */
	bool sign_extends; /* higher bits repeat the top bit; otherwise they must be 0 */
	const struct paging_family *family; /* decodes entries */
	/* The family's walk, see walk_page_table_to(). */
	void (*walk)(const struct space *space, uint64_t vaddr, struct walk *walk);
	/* The family's simultaneous walks, see walk_page_tables(). */
	void (*walk_many)(const struct space *space, const uint64_t *vaddrs, uint64_t *paddrs,
			  size_t nr);
	/* For the family's decoder: */
	bool pse36; /* bits 20:13 of an entry for 4 MiB are frame bits 39:32 */
	uint64_t frame_mask; /* mask of address bits in an entry */
	uint64_t high_mask; /* mask of address bits that an entry stores in lower positions... */
	uint8_t high_shift; /* ...and must be shifted left by this number */
	uint64_t no_execute_bit; /* 0: no such bit */
	uint8_t nr_levels;
	struct paging_level level[MAX_LEVELS]; /* from the top level on */
};

#define NO_TABLE UINT64_MAX

/* A page table of a dump. In families with a table for each half of the addresses, either root may
 * be NO_TABLE: nothing is mapped in that half. */
struct space {
	struct dump *dump;
	const struct paging *paging;
	uint64_t root; /* physical address of the top-level table */
	uint64_t upper_root; /* root of the upper half, only for families with two roots */
	uint64_t encrypt_mask; /* bits of entries to ignore (AMD's C-bit); 0: none */
};

/* log2 of the smallest page, the unit of frame numbers. */
static inline unsigned int paging_page_shift(const struct paging *paging)
{
	return paging->level[paging->nr_levels - 1].shift;
}

static inline uint64_t paging_page_size(const struct paging *paging)
{
	return UINT64_C(1) << paging_page_shift(paging);
}

enum walk_outcome {
	WALK_MAPPED,
	WALK_NOT_PRESENT, /* the last step's entry has its present bit clear, or there
			     * is no table, and no step */
	WALK_CORRUPT, /* a reserved bit of the last step's entry is set */
	WALK_UNREADABLE, /* the entry after the last step is not in the dump */
	WALK_NON_CANONICAL, /* the address is not canonical; no steps */
};

struct walk_step {
	uint64_t entry_paddr;
	uint64_t entry;
};

struct walk {
	uint64_t vaddr;
	uint64_t paddr; /* with WALK_MAPPED */
	uint64_t page_size; /* bytes that an entry of the last level covers */
	enum walk_outcome outcome;
	enum page_state reason; /* with WALK_UNREADABLE: why */
	uint8_t nr_steps; /* number of entries read; step[i] belongs to paging->level[i] */
	bool readable, writable, user, executable; /* with WALK_MAPPED: rights over all levels */
	struct walk_step
		step[MAX_LEVELS]; /* with WALK_UNREADABLE, step[nr_steps].entry_paddr is set, too */
};

/* Sets all members of *walk; of step[], only those described above. */
static inline void walk_page_table_to(const struct space *space, uint64_t vaddr, struct walk *walk)
{
	space->paging->walk(space, vaddr, walk);
}

static inline struct walk walk_page_table(const struct space *space, uint64_t vaddr)
{
	struct walk walk;

	walk_page_table_to(space, vaddr, &walk);
	return walk;
}

/* The physical addresses of nr virtual ones; both arrays may be the same. UINT64_MAX for addresses
 * that are not WALK_MAPPED. Several walks alternate, so that one computes while others wait for
 * memory. */
static inline void walk_page_tables(const struct space *space, const uint64_t *vaddrs,
				    uint64_t *paddrs, size_t nr)
{
	space->paging->walk_many(space, vaddrs, paddrs, nr);
}

/* Is vaddr mapped to paddr? */
static inline bool space_maps(const struct space *space, uint64_t vaddr, uint64_t paddr)
{
	struct walk walk = walk_page_table(space, vaddr);

	return walk.outcome == WALK_MAPPED && walk.paddr == paddr;
}

/* Index of the level at which the walk ended. */
static inline unsigned int walk_last_level(const struct walk *walk)
{
	if (walk->outcome == WALK_UNREADABLE || walk->nr_steps == 0)
		return walk->nr_steps;
	return walk->nr_steps - 1u;
}

/* The last entry read; 0: no entry was read. */
static inline uint64_t walk_last_entry(const struct walk *walk)
{
	return walk->nr_steps ? walk->step[walk->nr_steps - 1].entry : 0;
}

/* Fails with the reason for WALK_CORRUPT or WALK_UNREADABLE. False: another outcome. */
bool walk_trouble(const struct space *space, const struct walk *walk, struct error *err);

/* First and last address, inclusive, of the page or gap that holds walk->vaddr: all these addresses
 * have the same outcome. For a non-canonical address: the hole. */
void walk_range(const struct space *space, const struct walk *walk, uint64_t *first,
		uint64_t *last);
/* Walks the first address after that page or gap. False, with *walk unchanged: that address would
 * be above most. */
bool walk_on(const struct space *space, struct walk *walk, uint64_t most);

/* Number of entries in a table of the level. */
static inline unsigned int paging_entries(const struct paging *paging, unsigned int level)
{
	return 1u << paging->level[level].bits;
}

/* The full address for the given low bits. */
static inline uint64_t paging_sign_extend(const struct paging *paging, uint64_t address)
{
	uint64_t sign = UINT64_C(1) << (paging->address_bits - 1);

	return paging->sign_extends && (address & sign) ? address | -sign : address;
}

/* Is vaddr canonical? */
static inline bool paging_canonical(const struct paging *paging, uint64_t vaddr)
{
	uint64_t high = vaddr >> (paging->address_bits - 1);

	if (paging->sign_extends)
		return high == 0 || high == UINT64_MAX >> (paging->address_bits - 1);
	return high >> 1 == 0;
}
