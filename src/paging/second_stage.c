/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The families of second-stage page tables: of Intel's IOMMU and CPUs, and of AMD's CPUs and IOMMU.
 * Only the format of AMD's IOMMU differs much from the formats of the CPUs. */
#include "paging/second_stage.h"

#include "paging/entries.h"

#define BIT(NR) (UINT64_C(1) << (NR))

/* --- Intel --- */

enum {
	READ = 1 << 0,
	WRITE = 1 << 1,
	EXECUTE = 1 << 2,
	/* The shift of the memory type (three bits), in an entry that maps a page. */
	TYPE_SHIFT = 3,
	IGNORE_PAT = 1 << 6,
	ACCESSED = 1 << 8,
	DIRTY = 1 << 9,
	USER_EXECUTE = 1 << 10, /* used only with mode-based execute control */
	SNOOP = 1 << 11,
};

/* The names of VT-d's bits: Intel Virtualization Technology for Directed I/O, 9.8. */
static const struct entry_bit vtd_bits[] = {
	{ READ, "READ", IN_ALL },
	{ WRITE, "WRITE", IN_ALL },
	{ ENTRY_LARGE, "PS", IN_UPPER },
	{ ACCESSED, "ACCESSED", IN_ALL },
	{ DIRTY, "DIRTY", IN_ALL },
	{ SNOOP, "SNOOP", IN_ALL },
	{ 0 },
};

/* In VT-d, an entry that grants neither read nor write access is not present. */
static const struct paging_family vtd = {
	.present = READ | WRITE,
	.large = ENTRY_LARGE,
	.read = READ,
	.write = WRITE,
	.noted_bits = ACCESSED | DIRTY,
	.bits = vtd_bits,
};

/* The names of EPT's bits: SDM vol. 3C, 29.3.2, tables 29-1 to 29-7. For misconfigurations see
 * 29.3.3.1. */
static const struct entry_bit ept_bits[] = {
	{ READ, "READ", IN_ALL },
	{ WRITE, "WRITE", IN_ALL },
	{ EXECUTE, "EXECUTE", IN_ALL },
	{ IGNORE_PAT, "IGNORE_PAT", IN_PAGES },
	{ ENTRY_LARGE, "PS", IN_UPPER },
	{ ACCESSED, "ACCESSED", IN_ALL },
	{ DIRTY, "DIRTY", IN_PAGES },
	{ USER_EXECUTE, "USER_EXECUTE", IN_ALL },
	{ BIT(57), "VERIFY_PAGING", IN_PAGES },
	{ BIT(58), "PAGING_WRITE", IN_PAGES },
	{ BIT(60), "SHADOW_STACK", IN_PAGES },
	{ BIT(61), "SUB_PAGE", IN_PAGES },
	{ BIT(63), "SUPPRESS_VE", IN_ALL },
	{ 0 },
};

static const char *const ept_memory_types[8] = {
	"UC", "WC", "reserved type", "reserved type", "WT", "WP", "WB", "reserved type",
};

static unsigned int ept_memory_type(const struct paging *paging, unsigned int level, uint64_t entry)
{
	(void)paging, (void)level;
	return entry >> TYPE_SHIFT & 7;
}

/* Is the entry an EPT misconfiguration? The memory types 2, 3 and 7 are reserved. A writable entry
 * must be readable, too; KVM uses writable entries that are not readable to mark emulated
 * memory. */
static inline bool ept_is_wrong(uint64_t entry, bool page)
{
	const unsigned int reserved_types = 1 << 2 | 1 << 3 | 1 << 7;

	return (entry & (READ | WRITE)) == WRITE ||
	       (page && reserved_types >> (entry >> TYPE_SHIFT & 7) & 1);
}

/* In EPT, an entry that grants no right is not present, even if other bits are set. A page that
 * grants only execution can be neither read nor written. */
static const struct paging_family ept = {
	.present = READ | WRITE | EXECUTE,
	.large = ENTRY_LARGE,
	.read = READ,
	.write = WRITE,
	.execute = EXECUTE,
	.noted_bits = ACCESSED | DIRTY,
	.bits = ept_bits,
	.cache_names = ept_memory_types,
	.wrong = ept_is_wrong,
	.cache_index = ept_memory_type,
};

/* --- AMD's CPUs --- */

/* The names of NPT's bits: AMD64 APM vol. 2, 15.25.5. The format is the format of x86-64 page
 * tables (5.3, 5.4). */
static const struct entry_bit npt_bits[] = {
	{ ENTRY_PRESENT, "PRESENT", IN_ALL },
	{ ENTRY_RW, "RW", IN_ALL },
	{ ENTRY_USER, "USER", IN_ALL },
	{ ENTRY_WRITE_THROUGH, "PWT", IN_ALL },
	{ ENTRY_UNCACHED, "PCD", IN_ALL },
	{ ENTRY_ACCESSED, "ACCESSED", IN_ALL },
	{ ENTRY_DIRTY, "DIRTY", IN_PAGES },
	{ ENTRY_LARGE, "PS", IN_UPPER },
	{ ENTRY_GLOBAL, "GLOBAL", IN_PAGES },
	{ ENTRY_PAT, "PAT", IN_LAST },
	{ ENTRY_LARGE_PAT, "PAT", IN_LARGE },
	{ ENTRY_NO_EXECUTE, "NX", IN_ALL },
	{ 0 },
};

/* In NPT, all accesses of a guest are user-mode accesses. Therefore supervisor pages count as not
 * mapped. The CPU checks reserved bits before rights. */
static const struct paging_family npt = {
	.present = ENTRY_PRESENT,
	.needed = ENTRY_USER,
	.large = ENTRY_LARGE,
	.inverted = ENTRY_NO_EXECUTE,
	.write = ENTRY_RW,
	.execute = ENTRY_NO_EXECUTE,
	.always = MAY_READ | MAY_USER,
	.noted_bits = ENTRY_ACCESSED | ENTRY_DIRTY,
	.bits = npt_bits,
	.cache_index = pat_index,
};

/* --- AMD's IOMMU: I/O Virtualization Technology Specification, 2.2.3 --- */

#define AMD_READ BIT(61)
#define AMD_WRITE BIT(62)

enum {
	/* The shift of a field of three bits: the number of levels below, or NEXT_SIZED. */
	NEXT_SHIFT = 9,
	/* The entry maps a page, and its address field also contains the page size. */
	NEXT_SIZED = 7,
};

static inline unsigned int amd_next_level(uint64_t entry)
{
	return entry >> NEXT_SHIFT & 7;
}

/* Returns the size of the page. With NEXT_SIZED, the position of the lowest clear bit of the
 * address field gives the size ("page size" in the specification). The size is at least the size
 * that the level maps. A larger page has several equal entries. */
static inline uint64_t amd_page_size(const struct paging *paging, unsigned int level,
				     uint64_t entry)
{
	uint64_t ones = entry | 0xfff;

	return amd_next_level(entry) == NEXT_SIZED ? (ones ^ (ones + 1)) + 1 :
						     UINT64_C(1) << paging->level[level].shift;
}

/* Does the entry map a page? With NEXT_SIZED, the page must not be smaller than the size that the
 * level maps, because some addresses would have no page then. */
static inline bool amd_is_page(const struct paging *paging, unsigned int level, uint64_t entry)
{
	unsigned int next = amd_next_level(entry);
	uint64_t size = amd_page_size(paging, level, entry);

	return !next ||
	       (next == NEXT_SIZED && size <= ENTRY_FRAME && size >> paging->level[level].shift);
}

/* Returns the class of an entry. An entry that points to a table must point to a table of the next
 * level, because Linux does not skip levels (fetch_pte() of drivers/iommu/amd/io_pgtable.c). */
static inline enum entry_class amd_class(const struct paging *paging, unsigned int level,
					 uint64_t entry)
{
	unsigned int below = paging->nr_levels - level - 1u;

	if (!(entry & ENTRY_PRESENT))
		return CLASS_ABSENT;
	if (amd_is_page(paging, level, entry))
		return CLASS_PAGE;
	return below && amd_next_level(entry) == below ? CLASS_TABLE : CLASS_CORRUPT;
}

static const struct entry_bit amd_bits[] = {
	{ ENTRY_PRESENT, "PRESENT", IN_ALL }, { AMD_READ, "READ", IN_ALL },
	{ AMD_WRITE, "WRITE", IN_ALL },	      { ENTRY_ACCESSED, "ACCESSED", IN_ALL },
	{ ENTRY_DIRTY, "DIRTY", IN_ALL },     { BIT(60), "COHERENT", IN_ALL },
	{ BIT(59), "USER", IN_ALL },	      { 0 },
};

static const struct paging_family amd = {
	.read = AMD_READ,
	.write = AMD_WRITE,
	.noted_bits = ENTRY_ACCESSED | ENTRY_DIRTY,
	.bits = amd_bits,
	.class = amd_class,
	.page_size = amd_page_size,
};

/* --- the levels of the families --- */

DEFINE_WALK(vtd, 8)
DEFINE_WALK(ept, 8)
DEFINE_WALK(npt, 8)
DEFINE_WALK(amd, 8)

// clang-format off
/* TABLE contains the bits that must be 0 in an entry that points to a table. In levels that cannot
 * map pages, bit 7 must be 0, too. PAGE is the lowest address bit that must be 0 in an entry that
 * maps a large page. */
#define UP_TO_3(TABLE, PAGE) PAGES("l3", 30, 9, TABLE, (1 << 30) - (PAGE)), \
	PAGES("l2", 21, 9, TABLE, (1 << 21) - (PAGE)), PAGES("l1", 12, 9, 0, 0)
#define UP_TO_4(TABLE, PAGE) TABLES("l4", 39, 9, ENTRY_LARGE | (TABLE)), UP_TO_3(TABLE, PAGE)
#define UP_TO_5(TABLE, PAGE) TABLES("l5", 48, 9, ENTRY_LARGE | (TABLE)), UP_TO_4(TABLE, PAGE)
#define FORM(FAMILY, NAME, LEVELS, BITS) .name = NAME, BY_WALK(FAMILY, 8), \
	.frame_mask = ENTRY_FRAME, .nr_levels = LEVELS, .address_bits = BITS

#define VTD(LEVELS, BITS) FORM(vtd, "VT-d, " #LEVELS " levels", LEVELS, BITS)
#define AMD(LEVELS, BITS) FORM(amd, "AMD-Vi, mode " #LEVELS, LEVELS, BITS)
#define AMD_1 PAGES("l1", 12, 9, 0, 0)
#define AMD_2 PAGES("l2", 21, 9, 0, 0), AMD_1
#define AMD_3 PAGES("l3", 30, 9, 0, 0), AMD_2
#define AMD_4 PAGES("l4", 39, 9, 0, 0), AMD_3
#define AMD_5 PAGES("l5", 48, 9, 0, 0), AMD_4
#define AMD_6 PAGES("l6", 57, 7, 0, 0), AMD_5
#define EPT(LEVELS, BITS) FORM(ept, "EPT, " #LEVELS " levels", LEVELS, BITS)
#define NPT(LEVELS, BITS) FORM(npt, "NPT, " #LEVELS " levels", LEVELS, BITS)

/* The paging modes. Addresses are not sign-extended. In NPT, the reserved bits start at bit 13,
 * because bit 12 of a large page's entry is PAT. */
static const struct {
	enum second_stage stage;
	struct paging paging;
} pagings[] = {
	{ STAGE_VTD, { VTD(3, 39), .level = { UP_TO_3(0, 1 << 12) } } },
	{ STAGE_VTD, { VTD(4, 48), .level = { UP_TO_4(0, 1 << 12) } } },
	{ STAGE_VTD, { VTD(5, 57), .level = { UP_TO_5(0, 1 << 12) } } },
	{ STAGE_AMD_IOMMU, { AMD(1, 21), .level = { AMD_1 } } },
	{ STAGE_AMD_IOMMU, { AMD(2, 30), .level = { AMD_2 } } },
	{ STAGE_AMD_IOMMU, { AMD(3, 39), .level = { AMD_3 } } },
	{ STAGE_AMD_IOMMU, { AMD(4, 48), .level = { AMD_4 } } },
	{ STAGE_AMD_IOMMU, { AMD(5, 57), .level = { AMD_5 } } },
	{ STAGE_AMD_IOMMU, { AMD(6, 64), .level = { AMD_6 } } },
	{ STAGE_EPT, { EPT(4, 48), .level = { UP_TO_4(0x78, 1 << 12) } } },
	{ STAGE_EPT, { EPT(5, 57), .level = { UP_TO_5(0x78, 1 << 12) } } },
	{ STAGE_NPT, { NPT(4, 48), .level = { UP_TO_4(0, 1 << 13) } } },
	{ STAGE_NPT, { NPT(5, 57), .level = { UP_TO_5(0, 1 << 13) } } },
};
// clang-format on

const struct paging *second_stage_paging(enum second_stage stage, uint64_t levels)
{
	for (size_t i = 0; i < sizeof(pagings) / sizeof(*pagings); i++)
		if (pagings[i].stage == stage && pagings[i].paging.nr_levels == levels)
			return &pagings[i].paging;
	return NULL;
}
