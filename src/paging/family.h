/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A family is the code that decodes page-table entries; its paging modes differ in data
 * (struct paging). Each family compiles walk_levels() with its own code inlined. */
#pragma once

#include "paging/walk.h"

enum entry_class {
	CLASS_ABSENT,
	CLASS_TABLE, /* points to a table of the next level */
	CLASS_PAGE, /* maps a page */
	CLASS_CORRUPT, /* has a reserved bit set */
};

/* Access rights of a mapping. */
enum {
	MAY_WRITE = 1 << 0,
	MAY_USER = 1 << 1,
	MAY_EXECUTE = 1 << 2,
	MAY_READ = 1 << 3,
};

/* How entries are decoded. The caller has cleared the bits of space->encrypt_mask. */
struct entry_code {
	enum entry_class (*class)(const struct paging *paging,
				  unsigned int level, uint64_t entry);
	/* Rights that an entry grants, in the family's own encoding: the AND over
	 * all levels is the mapping's. may() decodes that into MAY_WRITE, ... */
	uint64_t (*rights)(const struct paging *paging, unsigned int level,
			   uint64_t entry);
	unsigned int (*may)(const struct paging *paging, uint64_t rights);
	/* Physical address of the table or page that the entry points to. */
	uint64_t (*table)(const struct paging *paging, uint64_t entry);
	uint64_t (*page)(const struct paging *paging, unsigned int level,
			 uint64_t entry);
	/* Bytes of the page; NULL: what the level says. */
	uint64_t (*page_size)(const struct paging *paging, unsigned int level,
			      uint64_t entry);
};

struct paging_family {
	const struct entry_code *code;
	/* Physical address of the top-level table for vaddr. */
	uint64_t (*root)(const struct space *space, uint64_t vaddr);
	/* For an entry that maps a page: the index of its cache type, below 8. */
	unsigned int (*cache_index)(const struct paging *paging,
				    unsigned int level, uint64_t entry);
	/* For an entry that maps a page: does the TLB keep it across processes? */
	bool (*is_global)(const struct paging *paging, uint64_t entry);
	uint64_t noted_bits; /* bits that the CPU sets: accessed, dirty */
};

/* The body of a family's struct paging.walk. entry_size is 4 or 8; root is the
 * physical address of the top-level table for vaddr. */
static inline __attribute__((always_inline)) void
walk_levels(const struct space *space, uint64_t vaddr,
	    struct walk *restrict walk, size_t entry_size,
	    const struct entry_code *code, uint64_t root)
{
	const struct paging *paging = space->paging;
	struct dump *dump = space->dump;
	uint64_t no_address = space->encrypt_mask;
	uint64_t table = root;
	uint64_t rights = UINT64_MAX;

	walk->vaddr = vaddr;
	walk->paddr = 0;
	walk->page_size = 0;
	walk->outcome = WALK_NON_CANONICAL;
	walk->reason = PAGE_PRESENT;
	walk->nr_steps = 0;
	walk->readable = walk->writable = walk->user = walk->executable = false;
	if (!paging_canonical(paging, vaddr))
		return;
	for (unsigned int i = 0; i < paging->nr_levels; i++) {
		const struct paging_level *level = &paging->level[i];
		uint64_t index = vaddr >> level->shift &
				 ((UINT64_C(1) << level->bits) - 1);
		uint64_t at = table + index * entry_size, entry;
		enum entry_class class;
		unsigned int may;

		walk->page_size = UINT64_C(1) << level->shift;
		walk->step[i].entry_paddr = at;
		walk->reason = dump_load(dump, at, entry_size, &entry);
		if (walk->reason != PAGE_PRESENT) {
			walk->outcome = WALK_UNREADABLE;
			return;
		}
		walk->step[i].entry = entry;
		walk->nr_steps = i + 1;
		entry &= ~no_address;
		class = code->class(paging, i, entry);
		if (class == CLASS_ABSENT) {
			walk->outcome = WALK_NOT_PRESENT;
			return;
		}
		if (class == CLASS_CORRUPT) {
			walk->outcome = WALK_CORRUPT;
			return;
		}
		rights &= code->rights(paging, i, entry);
		if (class == CLASS_PAGE) {
			may = code->may(paging, rights);
			walk->outcome = WALK_MAPPED;
			if (code->page_size)
				walk->page_size =
					code->page_size(paging, i, entry);
			walk->paddr = code->page(paging, i, entry) +
				      (vaddr & (walk->page_size - 1));
			walk->readable = may & MAY_READ;
			walk->writable = may & MAY_WRITE;
			walk->user = may & MAY_USER;
			walk->executable = may & MAY_EXECUTE;
			return;
		}
		table = code->table(paging, entry);
	}
}

/* As many walks as a CPU can have loads in flight for, and some more. */
enum { WALKS_AT_ONCE = 32 };

/* The walks that take turns: what is left of them after some levels. */
struct walk_group {
	unsigned int nr;
	unsigned int at[WALKS_AT_ONCE]; /* which of the addresses */
	uint64_t table[WALKS_AT_ONCE]; /* physical: of the next level... */
	uint64_t entry_paddr[WALKS_AT_ONCE]; /* ...and the entry in it */
};

/* Asks the memory for the entries of a level, without waiting for them. */
static inline __attribute__((always_inline)) void
walk_group_ask(struct walk_group *group, const struct space *space,
	       const struct paging_level *level, const uint64_t *vaddrs,
	       size_t entry_size)
{
	for (unsigned int i = 0; i < group->nr; i++) {
		uint64_t index = vaddrs[group->at[i]] >> level->shift &
				 ((UINT64_C(1) << level->bits) - 1);

		group->entry_paddr[i] = group->table[i] + index * entry_size;
		dump_prefetch(space->dump, group->entry_paddr[i]);
	}
}

/* Takes these entries: the walks that have come to their end leave the group. */
static inline __attribute__((always_inline)) void
walk_group_step(struct walk_group *group, const struct space *space,
		unsigned int level, const uint64_t *vaddrs, uint64_t *paddrs,
		size_t entry_size, const struct entry_code *code)
{
	const struct paging *paging = space->paging;
	uint64_t size = UINT64_C(1) << paging->level[level].shift;
	unsigned int nr = group->nr;

	group->nr = 0;
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int at = group->at[i];
		uint64_t vaddr = vaddrs[at], entry;
		enum entry_class class = CLASS_ABSENT;

		if (dump_load(space->dump, group->entry_paddr[i], entry_size,
			      &entry) == PAGE_PRESENT) {
			entry &= ~space->encrypt_mask;
			class = code->class(paging, level, entry);
		}
		if (class == CLASS_TABLE) {
			group->at[group->nr] = at;
			group->table[group->nr++] = code->table(paging, entry);
		} else {
			if (code->page_size && class == CLASS_PAGE)
				size = code->page_size(paging, level, entry);
			paddrs[at] = class == CLASS_PAGE ?
					     code->page(paging, level, entry) +
						     (vaddr & (size - 1)) :
					     UINT64_MAX;
		}
	}
}

/* The body of a family's struct paging.walk_many; root gives the physical address of the
 * top-level table for an address. */
static inline __attribute__((always_inline)) void
walk_levels_many(const struct space *space, const uint64_t *vaddrs,
		 uint64_t *paddrs, size_t nr, size_t entry_size,
		 const struct entry_code *code,
		 uint64_t (*root)(const struct space *space, uint64_t vaddr))
{
	const struct paging *paging = space->paging;
	struct walk_group group;

	for (; nr; nr -= group.nr, vaddrs += group.nr, paddrs += group.nr) {
		unsigned int taken = nr < WALKS_AT_ONCE ? (unsigned int)nr :
							  WALKS_AT_ONCE;

		group.nr = 0;
		for (unsigned int i = 0; i < taken; i++) {
			if (!paging_canonical(paging, vaddrs[i])) {
				paddrs[i] = UINT64_MAX;
				continue;
			}
			group.at[group.nr] = i;
			group.table[group.nr++] = root(space, vaddrs[i]);
		}
		for (unsigned int i = 0; i < paging->nr_levels && group.nr; i++) {
			walk_group_ask(&group, space, &paging->level[i], vaddrs,
				       entry_size);
			walk_group_step(&group, space, i, vaddrs, paddrs,
					entry_size, code);
		}
		/* Tables below the last level: none has them. */
		for (unsigned int i = 0; i < group.nr; i++)
			paddrs[group.at[i]] = UINT64_MAX;
		group.nr = taken;
	}
}
