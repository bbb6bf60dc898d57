/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The page-table walk. A walk always has a result: its outcome may be that the address is not
 * mapped, or that an entry cannot be read. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/dump.h"

enum { MAX_LEVELS = 6 }; /* CPUs have at most five levels; AMD's IOMMU has six */

struct paging_family;
struct space;
struct walk;

struct paging_level {
	char name[8]; /* "pgd", "p4d", "pud", "pmd", "pte" */
	uint8_t shift; /* the lowest bit of the address that is part of the index of an entry */
	bool maps_pages; /* true if entries of this level may map pages */
	bool no_rights; /* true if entries of this level have no access rights (PAE's pgd) */
	uint32_t index_mask; /* the number of entries of a table, minus 1; 2^n - 1 */
	/* Bits that must be 0 in an entry that points to a table. Arm's formats: see lpae_class(). */
	uint64_t reserved;
	uint64_t reserved_large; /* bits that must be 0 in an entry that maps a page */
};

struct paging {
	const char *name;
	uint8_t entry_size; /* in bytes: 4 or 8 */
	uint8_t address_bits; /* the number of bits of a virtual address, for example 48 */
	/* The number of address bits that the table could translate, but that the CPU does not use.
	 * For example, this is 4 if a kernel for 52 bits runs on a CPU with 48 bits. */
	uint8_t unused_bits;
	/* True: all higher bits of an address must be equal to its top bit. False: all higher bits
	 * must be 0. */
	bool sign_extends;
	/* The format of entries, and the functions that decode them. */
	const struct paging_family *family;
	/* walk_page_table_to() calls this function of the family. */
	void (*walk)(const struct space *space, uint64_t vaddr, struct walk *walk);
	/* The family uses the following members to decode entries. */
	bool pse36; /* true: in an entry for 4 MiB, bits 20:13 are address bits 39:32 */
	uint64_t frame_mask; /* the bits of an entry that contain the address */
	uint64_t high_mask; /* further bits of an entry, which contain high bits of the address */
	uint8_t high_shift; /* the bits of high_mask must be shifted left by this number */
	/* The bit of an entry that forbids execution, or, on riscv64, permits it; 0 if entries have
	 * no such bit. */
	uint64_t no_execute_bit;
	uint8_t nr_levels;
	struct paging_level level[MAX_LEVELS]; /* level[0] is the top level */
};

#define NO_TABLE UINT64_MAX

/* A page table in a dump. In some families, each half of the address space has its own top-level
 * table. In these families a root may be NO_TABLE, which means that the half has no table, so none
 * of its addresses is mapped. */
struct space {
	struct dump *dump;
	const struct paging *paging;
	uint64_t root; /* the physical address of the top-level table */
	uint64_t upper_root; /* the top-level table of the upper half, in families with two roots */
	/* The bits that must be cleared in an entry before it is decoded (AMD's C-bit); 0: none. */
	uint64_t encrypt_mask;
};

/* Returns log2 of the size of the smallest page. Frame numbers count pages of this size. */
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
	/* The present bit is clear in the entry of the last step. If there are no steps, there is
	 * no top-level table. */
	WALK_NOT_PRESENT,
	WALK_CORRUPT, /* a reserved bit is set in the entry of the last step */
	WALK_UNREADABLE, /* the entry after the last step is not in the dump */
	WALK_NON_CANONICAL, /* the address is not canonical; there are no steps */
};

struct walk_step {
	uint64_t entry_paddr;
	uint64_t entry;
};

struct walk {
	uint64_t vaddr;
	uint64_t paddr; /* set with WALK_MAPPED */
	/* The size in bytes of the page or unmapped range that contains vaddr. */
	uint64_t page_size;
	enum walk_outcome outcome;
	enum page_state reason; /* with WALK_UNREADABLE: why the entry cannot be read */
	uint8_t nr_steps; /* the number of entries read; step[i] is at the level paging->level[i] */
	/* With WALK_MAPPED: the rights that all levels grant. */
	bool readable, writable, user, executable;
	/* Only the elements 0 to nr_steps - 1 are set. With WALK_UNREADABLE,
	 * step[nr_steps].entry_paddr is set, too. */
	struct walk_step step[MAX_LEVELS];
};

/* Walks the page table for vaddr. Sets *walk. Of walk->step[], only the elements that are named at
 * its declaration are set. */
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

/* Translates nr addresses. Sets paddrs[i] to the physical address of vaddrs[i], or to UINT64_MAX if
 * the outcome of the walk is not WALK_MAPPED. Both arrays have nr elements, and may be the same
 * array. */
static inline void walk_page_tables(const struct space *space, const uint64_t *vaddrs,
				    uint64_t *paddrs, size_t nr)
{
	struct walk walk;

	for (size_t i = 0; i < nr; i++) {
		walk_page_table_to(space, vaddrs[i], &walk);
		paddrs[i] = walk.outcome == WALK_MAPPED ? walk.paddr : UINT64_MAX;
	}
}

/* Does the page table map vaddr to paddr? */
static inline bool space_maps(const struct space *space, uint64_t vaddr, uint64_t paddr)
{
	struct walk walk = walk_page_table(space, vaddr);

	return walk.outcome == WALK_MAPPED && walk.paddr == paddr;
}

/* Returns the index of the level at which the walk ended. */
static inline unsigned int walk_last_level(const struct walk *walk)
{
	if (walk->outcome == WALK_UNREADABLE || walk->nr_steps == 0)
		return walk->nr_steps;
	return walk->nr_steps - 1u;
}

/* Returns the last entry that the walk read, or 0 if it read no entry. */
static inline uint64_t walk_last_entry(const struct walk *walk)
{
	return walk->nr_steps ? walk->step[walk->nr_steps - 1].entry : 0;
}

/* If the outcome is WALK_CORRUPT or WALK_UNREADABLE, sets *err to a description and returns true.
 * Returns false for other outcomes. */
bool walk_trouble(const struct space *space, const struct walk *walk, struct error *err);

/* Finds the first and the last address, inclusive, of the page or unmapped range that contains
 * walk->vaddr. The walk has the same outcome for all these addresses. For a non-canonical address,
 * the result is the range of all non-canonical addresses. */
void walk_range(const struct space *space, const struct walk *walk, uint64_t *first,
		uint64_t *last);
/* Continues after the page or unmapped range of the previous walk: walks the page table for the
 * first address after it. Returns false and leaves *walk unchanged if that address is above
 * `most`. */
bool walk_on(const struct space *space, struct walk *walk, uint64_t most);

/* Returns the number of entries in a table of this level. */
static inline unsigned int paging_entries(const struct paging *paging, unsigned int level)
{
	return paging->level[level].index_mask + 1u;
}

/* Returns the size in bytes of a table of this level. */
static inline uint64_t paging_table_size(const struct paging *paging, unsigned int level)
{
	return (uint64_t)paging->entry_size * paging_entries(paging, level);
}

/* Returns the full virtual address for an address without its upper bits. */
static inline uint64_t paging_sign_extend(const struct paging *paging, uint64_t address)
{
	uint64_t sign = UINT64_C(1) << (paging->address_bits - 1);

	return paging->sign_extends && (address & sign) ? address | -sign : address;
}

static inline bool paging_canonical(const struct paging *paging, uint64_t vaddr)
{
	unsigned int shift = paging->address_bits - paging->unused_bits - 1u;
	uint64_t high = vaddr >> shift;

	if (paging->sign_extends)
		return high == 0 || high == UINT64_MAX >> shift;
	return high >> 1 == 0;
}
