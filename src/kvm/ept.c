/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Intel's extended page tables: SDM vol. 3C, 29.3.2, tables 29-1 to 29-7, and 29.3.3.1 for
 * what is a misconfiguration. */
#include "kvm/nested.h"
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

/* An entry that may be written to and not read is a misconfiguration; KVM marks emulated
 * memory so. */
static inline bool is_wrong(uint64_t entry, bool page)
{
	return (entry & (READ | WRITE)) == WRITE || (page && !is_memory_type(type_of(entry)));
}

static unsigned int cache_index(const struct paging *paging, unsigned int level, uint64_t entry)
{
	(void)paging, (void)level;
	return type_of(entry);
}

static const char *const memory_types[8] = {
	"UC", "WC", "reserved type", "reserved type", "WT", "WP", "WB", "reserved type",
};

static const struct entry_bit bits[] = {
	{ READ, "READ", IN_ALL },
	{ WRITE, "WRITE", IN_ALL },
	{ EXECUTE, "EXECUTE", IN_ALL },
	{ IGNORE_PAT, "IGNORE_PAT", IN_PAGES },
	{ LARGE, "PS", IN_UPPER },
	{ ACCESSED, "ACCESSED", IN_ALL },
	{ DIRTY, "DIRTY", IN_PAGES },
	{ USER_EXECUTE, "USER_EXECUTE", IN_ALL },
	{ VERIFY_PAGING, "VERIFY_PAGING", IN_PAGES },
	{ PAGING_WRITE, "PAGING_WRITE", IN_PAGES },
	{ SHADOW_STACK, "SHADOW_STACK", IN_PAGES },
	{ SUB_PAGE, "SUB_PAGE", IN_PAGES },
	{ SUPPRESS_VE, "SUPPRESS_VE", IN_ALL },
	{ 0 },
};

/* An entry that grants no right is not present, whatever else it has. Execute-only pages can
 * be neither read nor written. */
static const struct paging_family family = {
	.present = READ | WRITE | EXECUTE,
	.large = LARGE,
	.read = READ,
	.write = WRITE,
	.execute = EXECUTE,
	.noted_bits = ACCESSED | DIRTY,
	.bits = bits,
	.cache_names = memory_types,
	.wrong = is_wrong,
	.cache_index = cache_index,
};

DEFINE_WALKS(8)

// clang-format off
/* Tables 29-1 to 29-7: bits 7:3 of an entry that can map no page, 6:3 of one that does not;
 * the low address bits of one that does. */
#define LEVELS_4 TABLES("l4", 39, 9, 0xf8), PAGES("l3", 30, 9, 0x78, 0x3ffff000), \
	PAGES("l2", 21, 9, 0x78, 0x1ff000), PAGES("l1", 12, 9, 0, 0)
#define EPT BY_WALKS(8), .frame_mask = ADDRESS

static const struct paging pagings[] = {
	{ .name = "EPT, 4 levels", EPT, .address_bits = 48, .nr_levels = 4,
	  .level = { LEVELS_4 } },
	{ .name = "EPT, 5 levels", EPT, .address_bits = 57, .nr_levels = 5,
	  .level = { TABLES("l5", 48, 9, 0xf8), LEVELS_4 } },
};
// clang-format on

const struct paging *ept_paging(unsigned int levels)
{
	return levels == 4 || levels == 5 ? &pagings[levels - 4] : NULL;
}
