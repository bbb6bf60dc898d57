/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* AMD's nested page tables: AMD64 APM vol. 2, 15.25.5. They have the format of x86-64's own
 * (5.3, 5.4), and all accesses of a guest are those of user mode: what is the supervisor's
 * alone is not mapped. */
#include "guests/nested.h"
#include "paging/entries.h"

enum {
	PRESENT = 1 << 0,
	WRITE = 1 << 1,
	USER = 1 << 2,
	WRITE_THROUGH = 1 << 3,
	UNCACHED = 1 << 4,
	ACCESSED = 1 << 5,
	DIRTY = 1 << 6,
	LARGE = 1 << 7,
	GLOBAL = 1 << 8,
	WORD = 8,
};
#define NO_EXECUTE (UINT64_C(1) << 63)
#define ADDRESS UINT64_C(0x000ffffffffff000)

/* Reserved bits are looked at before rights are. */
static inline enum entry_class class_of(const struct paging *paging,
					unsigned int level, uint64_t entry)
{
	enum entry_class class;

	if (!(entry & PRESENT))
		return CLASS_ABSENT;
	class = entry_class_of(paging, level, entry,
			       entry_is_page(paging, level, entry, LARGE));
	return class == CLASS_CORRUPT || (entry & USER) ? class : CLASS_ABSENT;
}

/* NX is inverted, so that the AND over all levels is set if all allow execution. */
static inline uint64_t rights_of(const struct paging *paging,
				 unsigned int level, uint64_t entry)
{
	(void)paging, (void)level;
	return entry ^ NO_EXECUTE;
}

static inline unsigned int may(const struct paging *paging, uint64_t rights)
{
	(void)paging;
	return MAY_READ | MAY_USER | (rights & WRITE ? MAY_WRITE : 0) |
	       (rights & NO_EXECUTE ? MAY_EXECUTE : 0);
}

static const struct entry_code code = {
	class_of, rights_of, may, entry_table, entry_page, NULL,
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

static const struct paging_family family = {
	.code = &code,
	.root = only_root,
	.cache_index = pat_index,
	.is_global = never_global,
	.noted_bits = ACCESSED | DIRTY,
};

// clang-format off
/* Figures 5-17 to 5-29: bit 7 of an entry that can map no page; the low address bits of one
 * that does, but for PAT. Guest-physical addresses do not repeat their highest bit. */
#define LEVEL_TOP(NAME, SHIFT) { NAME, SHIFT, 9, false, true, LARGE, 0 }
#define LEVEL_3 { "l3", 30, 9, true, true, 0, 0x3fffe000 }
#define LEVEL_2 { "l2", 21, 9, true, true, 0, 0x1fe000 }
#define LEVEL_1 { "l1", 12, 9, true, true, 0, 0 }
#define NPT .family = &family, .walk = walk, .walk_many = walk_many, .entry_size = WORD, .frame_mask = ADDRESS

static const struct paging pagings[] = {
	{ .name = "NPT, 4 levels", NPT, .address_bits = 48, .nr_levels = 4,
	  .level = { LEVEL_TOP("l4", 39), LEVEL_3, LEVEL_2, LEVEL_1 } },
	{ .name = "NPT, 5 levels", NPT, .address_bits = 57, .nr_levels = 5,
	  .level = { LEVEL_TOP("l5", 48), LEVEL_TOP("l4", 39), LEVEL_3, LEVEL_2, LEVEL_1 } },
};
// clang-format on

const struct paging *npt_paging(unsigned int levels)
{
	return levels == 4 || levels == 5 ? &pagings[levels - 4] : NULL;
}

unsigned int npt_entry_flags(const struct paging *paging, unsigned int level,
			     uint64_t entry,
			     const char *flags[MOST_NESTED_FLAGS])
{
	bool page = entry_is_page(paging, level, entry, LARGE);
	bool last = level + 1u == paging->nr_levels;
	const uint64_t pat = last ? LARGE : UINT64_C(1) << 12;
	const struct entry_bit names[] = {
		{ PRESENT, "PRESENT" },
		{ WRITE, "RW" },
		{ USER, "USER" },
		{ WRITE_THROUGH, "PWT" },
		{ UNCACHED, "PCD" },
		{ ACCESSED, "ACCESSED" },
		{ page ? DIRTY : 0, "DIRTY" },
		{ last ? 0 : LARGE, "PS" },
		{ page ? GLOBAL : 0, "GLOBAL" },
		{ page ? pat : 0, "PAT" },
		{ NO_EXECUTE, "NX" },
	};

	return entry_bit_names(entry, names, sizeof(names) / sizeof(*names),
			       flags, MOST_NESTED_FLAGS);
}
