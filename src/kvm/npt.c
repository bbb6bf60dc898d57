/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* AMD's nested page tables: AMD64 APM vol. 2, 15.25.5. They have the format of x86-64's own
 * (5.3, 5.4), and all accesses of a guest are those of user mode: what is the supervisor's
 * alone is not mapped. */
#include "kvm/nested.h"
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
	LARGE_PAT = 1 << 12,
};
#define NO_EXECUTE (UINT64_C(1) << 63)
#define ADDRESS UINT64_C(0x000ffffffffff000)

static const struct entry_bit bits[] = {
	{ PRESENT, "PRESENT", IN_ALL },
	{ WRITE, "RW", IN_ALL },
	{ USER, "USER", IN_ALL },
	{ WRITE_THROUGH, "PWT", IN_ALL },
	{ UNCACHED, "PCD", IN_ALL },
	{ ACCESSED, "ACCESSED", IN_ALL },
	{ DIRTY, "DIRTY", IN_PAGES },
	{ LARGE, "PS", IN_UPPER },
	{ GLOBAL, "GLOBAL", IN_PAGES },
	{ LARGE, "PAT", IN_LAST },
	{ LARGE_PAT, "PAT", IN_LARGE },
	{ NO_EXECUTE, "NX", IN_ALL },
	{ 0 },
};

/* Reserved bits are looked at before rights are. */
static const struct paging_family family = {
	.present = PRESENT,
	.needed = USER,
	.large = LARGE,
	.inverted = NO_EXECUTE,
	.write = WRITE,
	.execute = NO_EXECUTE,
	.always = MAY_READ | MAY_USER,
	.noted_bits = ACCESSED | DIRTY,
	.bits = bits,
	.cache_index = pat_index,
};

DEFINE_WALKS(8)

// clang-format off
/* Figures 5-17 to 5-29: bit 7 of an entry that can map no page; the low address bits of one
 * that does, but for PAT. Guest-physical addresses do not repeat their highest bit. */
#define LEVELS_4 TABLES("l4", 39, 9, LARGE), PAGES("l3", 30, 9, 0, 0x3fffe000), \
	PAGES("l2", 21, 9, 0, 0x1fe000), PAGES("l1", 12, 9, 0, 0)
#define NPT BY_WALKS(8), .frame_mask = ADDRESS

static const struct paging pagings[] = {
	{ .name = "NPT, 4 levels", NPT, .address_bits = 48, .nr_levels = 4,
	  .level = { LEVELS_4 } },
	{ .name = "NPT, 5 levels", NPT, .address_bits = 57, .nr_levels = 5,
	  .level = { TABLES("l5", 48, 9, LARGE), LEVELS_4 } },
};
// clang-format on

const struct paging *npt_paging(unsigned int levels)
{
	return levels == 4 || levels == 5 ? &pagings[levels - 4] : NULL;
}
