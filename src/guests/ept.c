/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Intel's extended page tables: SDM vol. 3C, 29.3.2, tables 29-1 to 29-7, and 29.3.3.1 for
 * what is a misconfiguration. */
#include "guests/nested.h"
#include "paging/entries.h"

enum {
	READ = 1 << 0,
	WRITE = 1 << 1,
	EXECUTE = 1 << 2,
	TYPE_SHIFT = 3, /* of a page: its memory type, three bits */
	IGNORE_PAT = 1 << 6,
	LARGE = 1 << 7,
	ACCESSED = 1 << 8,
	DIRTY = 1 << 9,
	USER_EXECUTE = 1 << 10, /* with mode-based execute control */
	WORD = 8,
};
#define BIT(NR) (UINT64_C(1) << (NR))
#define VERIFY_PAGING BIT(57)
#define PAGING_WRITE BIT(58)
#define SHADOW_STACK BIT(60)
#define SUB_PAGE BIT(61)
#define SUPPRESS_VE BIT(63)
#define ADDRESS UINT64_C(0x000ffffffffff000)

/* 2, 3 and 7 are reserved. */
static inline bool is_memory_type(unsigned int type)
{
	return type < 2 || (type > 3 && type < 7);
}

static inline unsigned int type_of(uint64_t entry)
{
	return entry >> TYPE_SHIFT & 7;
}

/* An entry that grants no right is not present, whatever else it has. One that may be
 * written to and not read is a misconfiguration; KVM marks emulated memory so. */
static inline enum entry_class class_of(const struct paging *paging,
					unsigned int level, uint64_t entry)
{
	bool page = entry_is_page(paging, level, entry, LARGE);

	if (!(entry & (READ | WRITE | EXECUTE)))
		return CLASS_ABSENT;
	if ((entry & (READ | WRITE)) == WRITE)
		return CLASS_CORRUPT;
	if (page && !is_memory_type(type_of(entry)))
		return CLASS_CORRUPT;
	return entry_class_of(paging, level, entry, page);
}

/* Execute-only pages can be neither read nor written. */
static inline unsigned int may(const struct paging *paging, uint64_t rights)
{
	(void)paging;
	return (rights & READ ? MAY_READ : 0) |
	       (rights & WRITE ? MAY_WRITE : 0) |
	       (rights & EXECUTE ? MAY_EXECUTE : 0);
}

static const struct entry_code code = {
	class_of, entry_rights, may, entry_table, entry_page, NULL,
};

static void walk(const struct space *space, uint64_t address, struct walk *walk)
{
	walk_levels(space, address, walk, WORD, &code, space->root);
}

static void walk_many(const struct space *space, const uint64_t *addresses,
		      uint64_t *paddrs, size_t nr)
{
	walk_levels_many(space, addresses, paddrs, nr, WORD, &code, only_root);
}

static unsigned int cache_index(const struct paging *paging, unsigned int level,
				uint64_t entry)
{
	(void)paging, (void)level;
	return type_of(entry);
}

static const struct paging_family family = {
	.code = &code,
	.root = only_root,
	.cache_index = cache_index,
	.is_global = never_global,
	.noted_bits = ACCESSED | DIRTY,
};

// clang-format off
/* Tables 29-1 to 29-7: bits 7:3 of an entry that can map no page, 6:3 of one that does not;
 * the low address bits of one that does. */
#define LEVEL_TOP(NAME, SHIFT) { NAME, SHIFT, 9, false, true, 0xf8, 0 }
#define LEVEL_3 { "l3", 30, 9, true, true, 0x78, 0x3ffff000 }
#define LEVEL_2 { "l2", 21, 9, true, true, 0x78, 0x1ff000 }
#define LEVEL_1 { "l1", 12, 9, true, true, 0, 0 }
#define EPT .family = &family, .walk = walk, .walk_many = walk_many, .entry_size = WORD, .frame_mask = ADDRESS

static const struct paging pagings[] = {
	{ .name = "EPT, 4 levels", EPT, .address_bits = 48, .nr_levels = 4,
	  .level = { LEVEL_TOP("l4", 39), LEVEL_3, LEVEL_2, LEVEL_1 } },
	{ .name = "EPT, 5 levels", EPT, .address_bits = 57, .nr_levels = 5,
	  .level = { LEVEL_TOP("l5", 48), LEVEL_TOP("l4", 39), LEVEL_3, LEVEL_2, LEVEL_1 } },
};
// clang-format on

const struct paging *ept_paging(unsigned int levels)
{
	return levels == 4 || levels == 5 ? &pagings[levels - 4] : NULL;
}

const char *ept_memory_type(uint64_t entry)
{
	static const char *const names[8] = {
		"UC", "WC", "reserved type", "reserved type",
		"WT", "WP", "WB",	     "reserved type",
	};

	return names[type_of(entry)];
}

unsigned int ept_entry_flags(const struct paging *paging, unsigned int level,
			     uint64_t entry,
			     const char *flags[MOST_NESTED_FLAGS])
{
	bool page = entry_is_page(paging, level, entry, LARGE);
	const struct entry_bit names[] = {
		{ READ, "READ" },
		{ WRITE, "WRITE" },
		{ EXECUTE, "EXECUTE" },
		{ page ? IGNORE_PAT : 0, "IGNORE_PAT" },
		{ level + 1u < paging->nr_levels ? LARGE : 0, "PS" },
		{ ACCESSED, "ACCESSED" },
		{ page ? DIRTY : 0, "DIRTY" },
		{ USER_EXECUTE, "USER_EXECUTE" },
		{ page ? VERIFY_PAGING : 0, "VERIFY_PAGING" },
		{ page ? PAGING_WRITE : 0, "PAGING_WRITE" },
		{ page ? SHADOW_STACK : 0, "SHADOW_STACK" },
		{ page ? SUB_PAGE : 0, "SUB_PAGE" },
		{ SUPPRESS_VE, "SUPPRESS_VE" },
	};
	/* The memory type has a name, too. */
	unsigned int nr = entry_bit_names(entry, names,
					  sizeof(names) / sizeof(*names), flags,
					  MOST_NESTED_FLAGS - 1);

	if (page && (entry & (READ | WRITE | EXECUTE)))
		flags[nr++] = ept_memory_type(entry);
	return nr;
}
