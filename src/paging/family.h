/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A family is a format of page-table entries, together with the functions that decode it. The
 * paging modes of a family differ only in data (struct paging). Each family compiles walk_levels()
 * with its own decoding functions inlined. */
#pragma once

#include "paging/walk.h"

enum entry_class {
	CLASS_ABSENT,
	CLASS_TABLE, /* points to a table of the next level */
	CLASS_PAGE, /* maps a page */
	CLASS_CORRUPT, /* a reserved bit is set in the entry */
};

/* The access rights of a mapping. */
enum {
	MAY_WRITE = 1 << 0,
	MAY_USER = 1 << 1,
	MAY_EXECUTE = 1 << 2,
	MAY_READ = 1 << 3,
};

enum { ACCESS_TEXT = 24 };

/* The entries for which the name of a bit is used. */
enum entry_place {
	IN_ALL,
	IN_PAGES, /* entries that map pages, at any level */
	IN_LAST,
	IN_LARGE, /* entries above the last level that map pages */
	IN_UPPER, /* all entries above the last level */
};

/* A bit of an entry, and its name. */
struct entry_bit {
	uint64_t bit;
	const char *name;
	enum entry_place place;
};

/* How to decode the entries of a family: by these masks, or by functions if masks are not
 * sufficient. The caller must first clear the bits of space->encrypt_mask in the entry. */
struct paging_family {
	uint64_t present; /* the entry is present if any of these bits is set */
	uint64_t needed; /* a present entry maps nothing if one of these bits is clear */
	uint64_t large; /* above the last level, an entry that maps a page has this bit set */
	/* The rights that an entry grants. To compute them, the bits in `inverted`, which restrict
	 * rights if set, are inverted in the entry. Then each set bit grants a right. The rights of
	 * a mapping are the AND of the rights at all levels. The MAY_* flags in `always` are
	 * granted in any case. */
	uint64_t inverted;
	uint64_t read, write, user, execute;
	unsigned int always;
	uint64_t noted_bits; /* the bits that the CPU sets: accessed, dirty */
	/* The names of bits in answers; the last element has no name. If NULL, the kernel
	 * determines the names. */
	const struct entry_bit *bits;
	/* The names of cache types, which are shown after the names of bits. The index is the
	 * result of cache_index(). NULL if there are no names. */
	const char *const *cache_names;
	/* Entries of some levels have no access rights: see paging_level.no_rights. */
	bool bare_levels;
	bool two_roots; /* each half of the address space has its own top-level table */
	bool tags; /* the CPU ignores the top byte of an address, and bit 55 selects the half */
	/* Functions that are used instead of the masks. If a function is NULL, the masks are
	 * used. */
	enum entry_class (*class)(const struct paging *paging, unsigned int level, uint64_t entry);
	uint64_t (*rights)(const struct paging *paging, unsigned int level, uint64_t entry);
	unsigned int (*may)(const struct paging *paging, uint64_t rights);
	/* Does the CPU refuse to use this present entry? If the function is NULL, the CPU refuses
	 * an entry only if a reserved bit is set. */
	bool (*wrong)(uint64_t entry, bool page);
	/* Return the physical address of the table or page that the entry points to. If NULL, the
	 * address is the entry masked by frame_mask. */
	uint64_t (*table)(const struct paging *paging, uint64_t entry);
	uint64_t (*page)(const struct paging *paging, unsigned int level, uint64_t entry);
	/* Returns the size of the page in bytes. If NULL, the size is the size that one entry of
	 * the level maps. */
	uint64_t (*page_size)(const struct paging *paging, unsigned int level, uint64_t entry);
	/* Returns the index of the cache type of an entry that maps a page. The index is less than
	 * 8. NULL if entries have no cache type. */
	unsigned int (*cache_index)(const struct paging *paging, unsigned int level,
				    uint64_t entry);
	/* Writes the rights for each level of privilege as text. NULL if the members of struct walk
	 * describe all rights. */
	void (*access)(uint64_t rights, char text[ACCESS_TEXT]);
	/* Does the entry, which maps a page, stay in the TLB when the process changes? If NULL, it
	 * does not. */
	bool (*is_global)(const struct paging *paging, uint64_t entry);
};

/* --- decoding of entries; inside walkers, `family` is a constant at compile time --- */

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Does the entry map a page? In the last level, all entries map pages. In other levels, an entry
 * maps a page if the bit `large` is set and the level can map pages. */
ALWAYS_INLINE bool entry_is_page(const struct paging_family *family, const struct paging *paging,
				 unsigned int level, uint64_t entry)
{
	return level + 1u == paging->nr_levels ||
	       (paging->level[level].maps_pages && (entry & family->large));
}

ALWAYS_INLINE enum entry_class entry_class(const struct paging_family *family,
					   const struct paging *paging, unsigned int level,
					   uint64_t entry)
{
	const struct paging_level *at = &paging->level[level];
	bool page;

	if (family->class)
		return family->class(paging, level, entry);
	if (!(entry & family->present))
		return CLASS_ABSENT;
	page = entry_is_page(family, paging, level, entry);
	if ((family->wrong && family->wrong(entry, page)) ||
	    (entry & (page ? at->reserved_large : at->reserved)))
		return CLASS_CORRUPT;
	return (entry & family->needed) != family->needed ? CLASS_ABSENT :
	       page					  ? CLASS_PAGE :
							    CLASS_TABLE;
}

ALWAYS_INLINE uint64_t entry_rights(const struct paging_family *family, const struct paging *paging,
				    unsigned int level, uint64_t entry)
{
	if (family->rights)
		return family->rights(paging, level, entry);
	return family->bare_levels && paging->level[level].no_rights ? UINT64_MAX :
								       entry ^ family->inverted;
}

ALWAYS_INLINE unsigned int entry_may(const struct paging_family *family,
				     const struct paging *paging, uint64_t rights)
{
	if (family->may)
		return family->may(paging, rights);
	return family->always | (rights & family->read ? MAY_READ : 0) |
	       (rights & family->write ? MAY_WRITE : 0) | (rights & family->user ? MAY_USER : 0) |
	       (rights & family->execute ? MAY_EXECUTE : 0);
}

ALWAYS_INLINE uint64_t entry_table(const struct paging_family *family, const struct paging *paging,
				   uint64_t entry)
{
	return family->table ? family->table(paging, entry) : entry & paging->frame_mask;
}

ALWAYS_INLINE uint64_t entry_page_size(const struct paging_family *family,
				       const struct paging *paging, unsigned int level,
				       uint64_t entry)
{
	return family->page_size ? family->page_size(paging, level, entry) :
				   UINT64_C(1) << paging->level[level].shift;
}

ALWAYS_INLINE uint64_t entry_page(const struct paging_family *family, const struct paging *paging,
				  unsigned int level, uint64_t entry)
{
	if (family->page)
		return family->page(paging, level, entry);
	return entry & paging->frame_mask & ~(entry_page_size(family, paging, level, entry) - 1);
}

/* Returns the cache index of an entry that maps a page, or 0 if entries have no cache type. */
static inline unsigned int entry_cache_index(const struct paging *paging, unsigned int level,
					     uint64_t entry)
{
	const struct paging_family *family = paging->family;

	return family->cache_index ? family->cache_index(paging, level, entry) : 0;
}

static inline bool entry_is_global(const struct paging *paging, uint64_t entry)
{
	return paging->family->is_global && paging->family->is_global(paging, entry);
}

/* Returns the address without its tag. */
ALWAYS_INLINE uint64_t family_address(const struct paging_family *family, uint64_t vaddr)
{
	return family->tags ? (uint64_t)((int64_t)(vaddr << 8) >> 8) : vaddr;
}

/* Returns the physical address of the top-level table for vaddr, or NO_TABLE. */
ALWAYS_INLINE uint64_t space_root(const struct paging_family *family, const struct space *space,
				  uint64_t vaddr)
{
	return family->two_roots && vaddr >> 63 ? space->upper_root : space->root;
}

/* Returns the physical address of the top-level table for the kernel's half. */
static inline uint64_t space_kernel_root(const struct space *space)
{
	return space->paging->family->two_roots ? space->upper_root : space->root;
}

/* Makes `root` the kernel's top-level table. If each half has its own table, the user half gets no
 * table. */
static inline void space_set_kernel_root(struct space *space, uint64_t root)
{
	space->root = space->paging->family->two_roots ? NO_TABLE : root;
	space->upper_root = root;
}

/* --- the walker --- */

/* Implements the member `walk` of struct paging for a family. entry_size is 4 or 8. */
ALWAYS_INLINE void walk_levels(const struct space *space, uint64_t vaddr,
			       struct walk *restrict walk, size_t entry_size,
			       const struct paging_family *family)
{
	const struct paging *paging = space->paging;
	struct dump *dump = space->dump;
	uint64_t no_address = space->encrypt_mask;
	uint64_t table, rights = UINT64_MAX;

	vaddr = family_address(family, vaddr);
	table = space_root(family, space, vaddr);
	walk->vaddr = vaddr;
	walk->paddr = 0;
	walk->page_size = 0;
	walk->outcome = WALK_NON_CANONICAL;
	walk->reason = PAGE_PRESENT;
	walk->nr_steps = 0;
	walk->readable = walk->writable = walk->user = walk->executable = false;
	if (!paging_canonical(paging, vaddr))
		return;
	if (family->two_roots && table == NO_TABLE) {
		walk->page_size = UINT64_C(1) << (paging->address_bits - paging->unused_bits - 1);
		walk->outcome = WALK_NOT_PRESENT;
		return;
	}
	for (unsigned int i = 0; i < paging->nr_levels; i++) {
		const struct paging_level *level = &paging->level[i];
		uint64_t index = vaddr >> level->shift & level->index_mask;
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
		class = entry_class(family, paging, i, entry);
		if (class == CLASS_ABSENT) {
			walk->outcome = WALK_NOT_PRESENT;
			return;
		}
		if (class == CLASS_CORRUPT) {
			walk->outcome = WALK_CORRUPT;
			return;
		}
		rights &= entry_rights(family, paging, i, entry);
		if (class == CLASS_PAGE) {
			may = entry_may(family, paging, rights);
			walk->outcome = WALK_MAPPED;
			if (family->page_size)
				walk->page_size = family->page_size(paging, i, entry);
			walk->paddr = entry_page(family, paging, i, entry) +
				      (vaddr & (walk->page_size - 1));
			walk->readable = may & MAY_READ;
			walk->writable = may & MAY_WRITE;
			walk->user = may & MAY_USER;
			walk->executable = may & MAY_EXECUTE;
			return;
		}
		table = entry_table(family, paging, entry);
	}
}

/* The number of walks in a group. It is larger than the number of loads that a CPU can process at
 * the same time. */
enum { WALKS_AT_ONCE = 32 };

/* Several walks that are done together, level by level, so that one walk can continue while others
 * wait for memory. */
struct walk_group {
	unsigned int nr;
	unsigned int at[WALKS_AT_ONCE]; /* for each walk, the index of its address */
	uint64_t table[WALKS_AT_ONCE]; /* for each walk, the physical address of its next table */
	/* For each walk, the physical address of its entry in that table. */
	uint64_t entry_paddr[WALKS_AT_ONCE];
};

/* Computes the addresses of the entries of a level, and prefetches the entries. */
ALWAYS_INLINE void walk_group_ask(struct walk_group *group, const struct space *space,
				  const struct paging_level *level, const uint64_t *vaddrs,
				  size_t entry_size)
{
	for (unsigned int i = 0; i < group->nr; i++) {
		uint64_t index = vaddrs[group->at[i]] >> level->shift & level->index_mask;

		group->entry_paddr[i] = group->table[i] + index * entry_size;
		dump_prefetch(space->dump, group->entry_paddr[i]);
	}
}

/* Loads the prefetched entries. Removes the walks that have ended from the group. */
ALWAYS_INLINE void walk_group_step(struct walk_group *group, const struct space *space,
				   unsigned int level, const uint64_t *vaddrs, uint64_t *paddrs,
				   size_t entry_size, const struct paging_family *family)
{
	const struct paging *paging = space->paging;
	unsigned int nr = group->nr;

	group->nr = 0;
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int at = group->at[i];
		uint64_t vaddr = vaddrs[at], entry;
		enum entry_class class = CLASS_ABSENT;

		if (dump_load(space->dump, group->entry_paddr[i], entry_size, &entry) ==
		    PAGE_PRESENT) {
			entry &= ~space->encrypt_mask;
			class = entry_class(family, paging, level, entry);
		}
		if (class == CLASS_TABLE) {
			group->at[group->nr] = at;
			group->table[group->nr++] = entry_table(family, paging, entry);
		} else if (class == CLASS_PAGE) {
			uint64_t size = entry_page_size(family, paging, level, entry);

			paddrs[at] =
				entry_page(family, paging, level, entry) + (vaddr & (size - 1));
		} else {
			paddrs[at] = UINT64_MAX;
		}
	}
}

/* Implements the member `walk_many` of struct paging for a family. */
ALWAYS_INLINE void walk_levels_many(const struct space *space, const uint64_t *vaddrs,
				    uint64_t *paddrs, size_t nr, size_t entry_size,
				    const struct paging_family *family)
{
	const struct paging *paging = space->paging;
	struct walk_group group;

	for (; nr; nr -= group.nr, vaddrs += group.nr, paddrs += group.nr) {
		unsigned int taken = nr < WALKS_AT_ONCE ? (unsigned int)nr : WALKS_AT_ONCE;

		group.nr = 0;
		for (unsigned int i = 0; i < taken; i++) {
			uint64_t vaddr = family_address(family, vaddrs[i]);
			uint64_t table = space_root(family, space, vaddr);

			if (!paging_canonical(paging, vaddr) ||
			    (family->two_roots && table == NO_TABLE)) {
				paddrs[i] = UINT64_MAX;
				continue;
			}
			group.at[group.nr] = i;
			group.table[group.nr++] = table;
		}
		for (unsigned int i = 0; i < paging->nr_levels && group.nr; i++) {
			walk_group_ask(&group, space, &paging->level[i], vaddrs, entry_size);
			walk_group_step(&group, space, i, vaddrs, paddrs, entry_size, family);
		}
		/* These walks found entries that point to tables below the last level, so the
		 * addresses are not mapped. */
		for (unsigned int i = 0; i < group.nr; i++)
			paddrs[group.at[i]] = UINT64_MAX;
		group.nr = taken;
	}
}

/* Defines the walks of a family for entries of SIZE bytes, 4 or 8. Loads and offsets are faster
 * because FAMILY and SIZE are constants. */
#define DEFINE_WALKS(FAMILY, SIZE)                                                                 \
	static void FAMILY##_walk_##SIZE(const struct space *space, uint64_t vaddr,                \
					 struct walk *walk)                                        \
	{                                                                                          \
		walk_levels(space, vaddr, walk, SIZE, &FAMILY);                                    \
	}                                                                                          \
	static void FAMILY##_walk_many_##SIZE(const struct space *space, const uint64_t *vaddrs,   \
					      uint64_t *paddrs, size_t nr)                         \
	{                                                                                          \
		walk_levels_many(space, vaddrs, paddrs, nr, SIZE, &FAMILY);                        \
	}

/* Sets the members of struct paging that belong to the walks of DEFINE_WALKS(). */
#define BY_WALKS(FAMILY, SIZE)                                                                     \
	.family = &FAMILY, .walk = FAMILY##_walk_##SIZE, .walk_many = FAMILY##_walk_many_##SIZE,   \
	.entry_size = SIZE

/* Define a level: TABLES if its entries cannot map pages, PAGES if its entries may map pages.
 * RESERVED contains the bits that must be 0 in an entry that points to a table. RESERVED_LARGE
 * contains the bits that must be 0 in an entry that maps a page. */
#define TABLES(NAME, SHIFT, BITS, RESERVED)                                                        \
	{                                                                                          \
		.name = NAME, .shift = SHIFT, .index_mask = (1u << (BITS)) - 1u,                   \
		.reserved = RESERVED, .reserved_large = RESERVED                                   \
	}
#define PAGES(NAME, SHIFT, BITS, RESERVED, RESERVED_LARGE)                                         \
	{                                                                                          \
		.name = NAME, .shift = SHIFT, .index_mask = (1u << (BITS)) - 1u,                   \
		.maps_pages = true, .reserved = RESERVED, .reserved_large = RESERVED_LARGE         \
	}
