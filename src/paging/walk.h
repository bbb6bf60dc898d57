/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page-table walk. A paging mode is data (struct paging), one walker reads
 * it, and every walk ends in an outcome: there is no way for it to fail.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/dump.h"

enum { MAX_LEVELS = 5 };

struct paging_level {
	const char *name;   /* "pgd", "p4d", "pud", "pmd", "pte" */
	uint8_t shift;      /* lowest bit of the address that selects the entry */
	uint8_t bits;       /* number of these bits */
	bool maps_pages;    /* its entry maps a page where large_bit is set (always at the last level) */
	bool has_rights;    /* false: RW, US and NX say nothing here (PAE's pgd) */
	uint64_t reserved;  /* bits that must be 0 in an entry that names a table */
	uint64_t reserved_large; /* the same in an entry that maps a large page */
};

struct paging {
	const char *name;
	uint8_t entry_size;      /* bytes: 4 or 8 */
	uint8_t address_bits;    /* width of a virtual address: 32, 48, 57 */
	bool sign_extends;       /* higher bits repeat the top one; else they must be 0 */
	bool pse36;              /* bits 20:13 of a 4M entry are frame bits 39:32 */
	uint64_t frame_mask;     /* address bits of an entry */
	uint64_t no_execute_bit; /* 0 where there is none */
	uint8_t nr_levels;
	struct paging_level level[MAX_LEVELS]; /* outermost first */
};

/* Bits of an entry that the walk itself looks at; SDM vol. 3A, 4.3 to 4.5. */
enum {
	ENTRY_PRESENT = 1 << 0,
	ENTRY_RW = 1 << 1,
	ENTRY_USER = 1 << 2,
	ENTRY_ACCESSED = 1 << 5,
	ENTRY_DIRTY = 1 << 6,
	ENTRY_LARGE = 1 << 7,
	ENTRY_GLOBAL = 1 << 8, /* of one that maps a page */
};

/* One page table of a dump: all that a walk needs. */
struct space {
	struct dump *dump;
	const struct paging *paging;
	uint64_t root;         /* physical address of the top-level table */
	uint64_t encrypt_mask; /* AMD's C-bit: no address bit, on every level; 0 if none */
};

enum walk_outcome {
	WALK_MAPPED,
	WALK_NOT_PRESENT,   /* the last step's entry has its present bit clear */
	WALK_CORRUPT,       /* the last step's entry has a reserved bit set */
	WALK_UNREADABLE,    /* the entry after the last step is not in the dump */
	WALK_NON_CANONICAL, /* no such address in this mode; no steps */
};

struct walk_step {
	uint64_t entry_paddr;
	uint64_t entry;
};

struct walk {
	uint64_t vaddr;
	uint64_t paddr;       /* WALK_MAPPED */
	uint64_t page_size;   /* bytes that the last entry looked at stands for, whatever it says */
	enum walk_outcome outcome;
	enum page_state reason;  /* WALK_UNREADABLE: why */
	uint8_t nr_steps;        /* entries read; step[i] is of paging->level[i] */
	bool writable, user, executable; /* WALK_MAPPED: effective over all levels */
	struct walk_step step[MAX_LEVELS]; /* where unreadable, step[nr_steps].entry_paddr is set too */
};

/* In *walk every member is set, of step[] those that count. */
void walk_page_table_to(const struct space *space, uint64_t vaddr,
			struct walk *walk);

static inline struct walk walk_page_table(const struct space *space,
					  uint64_t vaddr)
{
	struct walk walk;

	walk_page_table_to(space, vaddr, &walk);
	return walk;
}

/* Is vaddr mapped to just paddr? */
static inline bool space_maps(const struct space *space, uint64_t vaddr,
			      uint64_t paddr)
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

/* The last entry read, 0 where none was. */
static inline uint64_t walk_last_entry(const struct walk *walk)
{
	return walk->nr_steps ? walk->step[walk->nr_steps - 1].entry : 0;
}

/* First and last address of the page or gap in which the walk ended: the
 * answer is the same for all of them. For a non-canonical address: the hole. */
void walk_range(const struct space *space, const struct walk *walk,
		uint64_t *first, uint64_t *last);

/* Is vaddr an address of this mode at all? */
bool paging_canonical(const struct paging *paging, uint64_t vaddr);

/* Does this entry of that level map a page, rather than name a table? */
static inline bool paging_maps_page(const struct paging *paging,
				    unsigned int level, uint64_t entry)
{
	return level == paging->nr_levels - 1u ||
	       (paging->level[level].maps_pages && (entry & ENTRY_LARGE));
}

/* Index PAT:PCD:PWT of a page-mapping entry into the PAT MSR: SDM vol. 3A,
 * table 4-10 and 4.9.2. */
static inline unsigned int paging_cache_index(const struct paging *paging,
					      unsigned int level, uint64_t entry)
{
	unsigned int pat = level < paging->nr_levels - 1u ? 12 : 7;

	return (unsigned int)((entry >> pat & 1) << 2 | (entry >> 3 & 3));
}

/* Physical address that a page-mapping entry of that level points to. */
uint64_t paging_page_frame(const struct paging *paging, unsigned int level,
			   uint64_t entry);
