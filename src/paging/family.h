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
	/* Functions that are used instead of the masks. If a function is NULL, the masks are used.
	 * The class of an entry of the last level is never CLASS_TABLE. */
	enum entry_class (*class)(const struct paging *paging, unsigned int level, uint64_t entry);
	uint64_t (*rights)(enum entry_class class, uint64_t entry);
	unsigned int (*may)(const struct paging *paging, uint64_t rights);
	/* Does the CPU refuse to use this present entry? If the function is NULL, the CPU refuses
	 * an entry only if a reserved bit is set. */
	bool (*wrong)(uint64_t entry, bool page);
	/* Returns the physical address of the table that the entry points to. If NULL, the address
	 * is the entry masked by frame_mask. */
	uint64_t (*table)(const struct paging *paging, uint64_t entry);
	/* Returns the physical address of the page that the entry maps. If NULL, the address is in
	 * the same bits as the address of a table, except the bits below the size of the page. */
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
				    unsigned int level, enum entry_class class, uint64_t entry)
{
	if (family->rights)
		return family->rights(class, entry);
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
	return entry_table(family, paging, entry) &
	       ~(entry_page_size(family, paging, level, entry) - 1);
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

/* Sets the result of a walk that found no page. */
ALWAYS_INLINE void walk_end(struct walk *walk, enum walk_outcome outcome, unsigned int nr_steps,
			    uint64_t page_size)
{
	walk->paddr = 0;
	walk->page_size = page_size;
	walk->outcome = outcome;
	walk->reason = PAGE_PRESENT;
	walk->nr_steps = (uint8_t)nr_steps;
	walk->readable = walk->writable = walk->user = walk->executable = false;
}

/* Sets the rights of a walk to MAY_* flags that are not known at compile time. The compiler copies
 * the four members at once. */
ALWAYS_INLINE void walk_set_may(struct walk *walk, unsigned int may)
{
#define MAY(FLAGS)                                                                                 \
	{                                                                                          \
		!!((FLAGS)&MAY_READ), !!((FLAGS)&MAY_WRITE), !!((FLAGS)&MAY_USER),                 \
			!!((FLAGS)&MAY_EXECUTE)                                                    \
	}
#define MAY_4(FLAGS) MAY(FLAGS), MAY((FLAGS) + 1), MAY((FLAGS) + 2), MAY((FLAGS) + 3)
	static const struct {
		bool readable, writable, user, executable;
	} rights[] = { MAY_4(0), MAY_4(4), MAY_4(8), MAY_4(12) };

	walk->readable = rights[may].readable;
	walk->writable = rights[may].writable;
	walk->user = rights[may].user;
	walk->executable = rights[may].executable;
#undef MAY
#undef MAY_4
}

/* Sets the result of a walk that ended at an entry that maps a page. rights: of all levels. */
ALWAYS_INLINE void walk_end_at_page(struct walk *walk, const struct paging_family *family,
				    const struct paging *paging, unsigned int level, uint64_t entry,
				    uint64_t rights)
{
	uint64_t page_size = entry_page_size(family, paging, level, entry);
	unsigned int may = entry_may(family, paging, rights);

	walk->paddr = entry_page(family, paging, level, entry) + (walk->vaddr & (page_size - 1));
	walk->page_size = page_size;
	walk->outcome = WALK_MAPPED;
	walk->reason = PAGE_PRESENT;
	walk->nr_steps = (uint8_t)(level + 1);
	if (family->may) {
		walk_set_may(walk, may);
	} else {
		walk->readable = may & MAY_READ;
		walk->writable = may & MAY_WRITE;
		walk->user = may & MAY_USER;
		walk->executable = may & MAY_EXECUTE;
	}
}

/* Implements the member `walk` of struct paging for a family. entry_size is 4 or 8.
 *
 * Most entries of a walk are in the same extent of the dump. Therefore the walk first tries the
 * extent of the previous entry: the CPU then loads an entry as soon as it has the address, without a
 * search for the extent. The loop is unrolled, so that no instruction is needed to find a level. */
ALWAYS_INLINE void walk_levels(const struct space *space, uint64_t vaddr,
			       struct walk *restrict walk, size_t entry_size,
			       const struct paging_family *family)
{
	const struct paging *paging = space->paging;
	struct dump *dump = space->dump;
	uint64_t decoded = ~space->encrypt_mask;
	const struct recent_extent *near;
	uint64_t table, rights = UINT64_MAX;

	vaddr = family_address(family, vaddr);
	table = space_root(family, space, vaddr);
	near = dump_recent(dump, table);
	walk->vaddr = vaddr;
	if (!paging_canonical(paging, vaddr)) {
		walk_end(walk, WALK_NON_CANONICAL, 0, 0);
		return;
	}
	if (family->two_roots && table == NO_TABLE) {
		walk_end(walk, WALK_NOT_PRESENT, 0,
			 UINT64_C(1) << (paging->address_bits - paging->unused_bits - 1));
		return;
	}
#pragma GCC unroll 6
	for (unsigned int i = 0; i < MAX_LEVELS; i++) {
		const struct paging_level *level = &paging->level[i];
		uint64_t at = table + (vaddr >> level->shift & level->index_mask) * entry_size;
		struct walk_step *step = &walk->step[i];
		enum entry_class class;
		uint64_t entry;

		step->entry_paddr = at;
		if (recent_extent_load(near, at, entry_size, &entry)) {
			step->entry = entry;
		} else {
			enum page_state state = dump_load_far(dump, at, entry_size, &step->entry);

			if (state != PAGE_PRESENT) {
				walk_end(walk, WALK_UNREADABLE, i, UINT64_C(1) << level->shift);
				walk->reason = state;
				return;
			}
			near = dump_recent(dump, at);
			entry = step->entry;
		}
		entry &= decoded;
		class = entry_class(family, paging, i, entry);
		if (class == CLASS_ABSENT || class == CLASS_CORRUPT) {
			walk_end(walk, class == CLASS_ABSENT ? WALK_NOT_PRESENT : WALK_CORRUPT,
				 i + 1, UINT64_C(1) << level->shift);
			return;
		}
		rights &= entry_rights(family, paging, i, class, entry);
		if (class == CLASS_PAGE) {
			walk_end_at_page(walk, family, paging, i, entry, rights);
			return;
		}
		table = entry_table(family, paging, entry);
	}
}

/* Defines the walk of a family for entries of SIZE bytes, 4 or 8. Loads and offsets are faster
 * because FAMILY and SIZE are constants. */
#define DEFINE_WALK(FAMILY, SIZE)                                                                  \
	static void FAMILY##_walk_##SIZE(const struct space *space, uint64_t vaddr,                \
					 struct walk *walk)                                        \
	{                                                                                          \
		walk_levels(space, vaddr, walk, SIZE, &FAMILY);                                    \
	}

/* Sets the members of struct paging that belong to the walk of DEFINE_WALK(). */
#define BY_WALK(FAMILY, SIZE) .family = &FAMILY, .walk = FAMILY##_walk_##SIZE, .entry_size = SIZE

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
