/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The paging modes of arm64 (stage 1), and the rules for their entries: Arm ARM (DDI 0487), D8.2
 * and D8.3. The modes differ in three things: the granule (4K, 16K, 64K), the number of address
 * bits, and the bits of an entry that contain the physical address bits above bit 47. */
#include <stdio.h>

#include "arch/arm64/arm64.h"
#include "paging/lpae.h"

/* The bits of an entry that contain address bits 51:48 (LPA) or 51:50 (LPA2): D8.3.1. */
#define LPA_BITS LPAE_BITS(12, 15)
#define LPA2_BITS LPAE_BITS(8, 9)

/* --- entries --- */

/* The rights that an entry grants. The rights of a page are the AND of the rights at all levels:
 * D8.4.1, D8.4.2. An entry that points to a table can remove rights from all pages below it, using
 * its bits 59 to 62 (PXNTable, UXNTable, APTable). Rights are in the same bits, so that a walk only
 * needs the complement of such an entry. Other bits have no meaning. */
enum {
	GRANTS_EL1_EXECUTE = 1 << 0,
	GRANTS_EL0_EXECUTE = 1 << 1,
	GRANTS_EL0 = 1 << 2,
	GRANTS_WRITE = 1 << 3,
	NR_RIGHTS = 1 << 4,
	RIGHTS_SHIFT = 59,
};

/* The bits of an entry that maps a page and determine its rights: DBM, PXN and UXN (51, 53 and 54)
 * as bits 0, 2 and 3; USER and RDONLY (6 and 7) as bits 4 and 5. */
enum {
	ATTRIBUTE_DBM = 1 << 0,
	ATTRIBUTE_PXN = 1 << 2,
	ATTRIBUTE_UXN = 1 << 3,
	ATTRIBUTE_USER = 1 << 4,
	ATTRIBUTE_RDONLY = 1 << 5,
	HIGH_SHIFT = 51,
	LOW_SHIFT = 2,
};

#define FOUR(OF, I) OF(I), OF((I) + 1), OF((I) + 2), OF((I) + 3)
#define SIXTEEN(OF, I) FOUR(OF, I), FOUR(OF, (I) + 4), FOUR(OF, (I) + 8), FOUR(OF, (I) + 12)

/* A page with DBM is writable: the entry is read-only only until the CPU records the first
 * write. */
#define PAGE_RIGHTS(I)                                                                             \
	(((I)&ATTRIBUTE_PXN ? 0 : GRANTS_EL1_EXECUTE) |                                            \
	 ((I)&ATTRIBUTE_UXN ? 0 : GRANTS_EL0_EXECUTE) | ((I)&ATTRIBUTE_USER ? GRANTS_EL0 : 0) |    \
	 (((I)&ATTRIBUTE_RDONLY) && !((I)&ATTRIBUTE_DBM) ? 0 : GRANTS_WRITE))

static inline uint64_t arm64_rights(enum entry_class class, uint64_t entry)
{
	static const uint8_t rights[] = { SIXTEEN(PAGE_RIGHTS, 0), SIXTEEN(PAGE_RIGHTS, 16),
					  SIXTEEN(PAGE_RIGHTS, 32), SIXTEEN(PAGE_RIGHTS, 48) };
	const unsigned int high = ATTRIBUTE_DBM | ATTRIBUTE_PXN | ATTRIBUTE_UXN;
	const unsigned int low = ATTRIBUTE_USER | ATTRIBUTE_RDONLY;

	if (class == CLASS_TABLE)
		return ~entry;
	return (uint64_t)rights[(entry >> HIGH_SHIFT & high) | (entry >> LOW_SHIFT & low)]
	       << RIGHTS_SHIFT;
}

/* Combines rights of EL0 and EL1 into MAY_* flags. If EL0 may access the page, MAY_EXECUTE is the
 * right of EL0; if not, it is the right of the kernel. Pages that EL0 may execute but not read
 * (PROT_EXEC alone) also get the right of EL0, if they are read-only and the kernel may not execute
 * them. */
#define EXECUTE_ONLY(I)                                                                            \
	(((I) & (GRANTS_EL0_EXECUTE | GRANTS_EL1_EXECUTE | GRANTS_WRITE)) == GRANTS_EL0_EXECUTE)
#define MAY_OF_RIGHTS(I)                                                                           \
	((I)&GRANTS_EL0 ? MAY_READ | MAY_USER | ((I)&GRANTS_WRITE ? MAY_WRITE : 0) |               \
				  ((I)&GRANTS_EL0_EXECUTE ? MAY_EXECUTE : 0) :                     \
	 EXECUTE_ONLY(I) ? MAY_USER | MAY_EXECUTE :                                                \
			   MAY_READ | ((I)&GRANTS_WRITE ? MAY_WRITE : 0) |                         \
				   ((I)&GRANTS_EL1_EXECUTE ? MAY_EXECUTE : 0))

static inline unsigned int arm64_may(const struct paging *paging, uint64_t rights)
{
	static const uint8_t may[NR_RIGHTS] = { SIXTEEN(MAY_OF_RIGHTS, 0) };

	(void)paging;
	return may[rights >> RIGHTS_SHIFT & (NR_RIGHTS - 1)];
}

/* Writes the rights as text, for example "EL1 rw-, EL0 r-x". EL1 may not execute pages that EL0 may
 * write to: D8.4.3. */
static void arm64_access(uint64_t rights, char text[ACCESS_TEXT])
{
	unsigned int granted = rights >> RIGHTS_SHIFT & (NR_RIGHTS - 1);
	bool write = granted & GRANTS_WRITE, user = granted & GRANTS_EL0;
	bool execute = (granted & GRANTS_EL1_EXECUTE) && !(user && write);

	snprintf(text, ACCESS_TEXT, "EL1 r%c%c, EL0 %c%c%c", write ? 'w' : '-', execute ? 'x' : '-',
		 user ? 'r' : '-', user && write ? 'w' : '-',
		 granted & GRANTS_EL0_EXECUTE ? 'x' : '-');
}

/* Returns the field AttrIndx, which is an index in MAIR_EL1: D8.5.2. */
static unsigned int arm64_memory_index(const struct paging *paging, unsigned int level,
				       uint64_t entry)
{
	(void)paging, (void)level;
	return entry >> ARM64_ATTRINDX_SHIFT & 7;
}

static bool arm64_paging_is_global(const struct paging *paging, uint64_t entry)
{
	(void)paging;
	return !(entry & ARM64_NOT_GLOBAL);
}

/* Return the address in an entry, as lpae_address() does. Each level of a walk waits for this
 * address. A branch is predicted, because hardly any memory is above the first 2^48 bytes. */
static inline uint64_t plain_table(const struct paging *paging, uint64_t entry)
{
	return entry & paging->frame_mask;
}

static inline uint64_t lpa_table(const struct paging *paging, uint64_t entry)
{
	if (__builtin_expect(!(entry & LPA_BITS), 1))
		return entry & paging->frame_mask;
	return lpae_address(paging, entry);
}

static inline uint64_t lpa2_table(const struct paging *paging, uint64_t entry)
{
	if (__builtin_expect(!(entry & LPA2_BITS), 1))
		return entry & paging->frame_mask;
	return lpae_address(paging, entry);
}

#define FAMILY(NAME)                                                                               \
	static const struct paging_family NAME = {                                                 \
		.present = ARM64_VALID,                                                            \
		.noted_bits = ARM64_ACCESSED | ARM64_RDONLY,                                       \
		.two_roots = true,                                                                 \
		.tags = true,                                                                      \
		.class = lpae_class,                                                               \
		.rights = arm64_rights,                                                            \
		.may = arm64_may,                                                                  \
		.table = NAME##_table,                                                             \
		.access = arm64_access,                                                            \
		.cache_index = arm64_memory_index,                                                 \
		.is_global = arm64_paging_is_global,                                               \
	};                                                                                         \
	DEFINE_WALK(NAME, 8)

FAMILY(plain)
FAMILY(lpa)
FAMILY(lpa2)

/* --- granules: D8.2.7 to D8.2.9 --- */

/* The bits of an entry that must be 0 if physical addresses have 48 bits: the bits above bit 47.
 * Bits from 50 up are left out, because in entries that map pages they are attributes. */
#define PLAIN_HIGH LPAE_BITS(48, 49)

#define BLOCK(NAME, SHIFT, NR, G, HIGH, RES0)                                                      \
	PAGES(NAME, SHIFT, NR, LPAE_TO_TABLE(RES0), (RES0) | LPAE_UNUSED(G, SHIFT, HIGH))
#define TABLE(NAME, SHIFT, NR, RES0) TABLES(NAME, SHIFT, NR, LPAE_TO_TABLE(RES0))
#define LAST(NAME, SHIFT, NR, RES0) PAGES(NAME, SHIFT, NR, 0, RES0)

/* The bits of an entry that contain the address of the frame. PLAIN has 48 address bits. LPA, with
 * 64K pages, also has address bits 51:48 in entry bits 15:12. LPA2, with smaller pages, also has
 * address bits 49:48 in entry bits 49:48, and address bits 51:50 in entry bits 9:8. */
#define PLAIN(G) BY_WALK(plain, 8), .frame_mask = LPAE_BITS(G, 47)
#define LPA                                                                                        \
	BY_WALK(lpa, 8), .frame_mask = LPAE_BITS(16, 47), .high_mask = LPA_BITS, .high_shift = 36
#define LPA2(G)                                                                                    \
	BY_WALK(lpa2, 8), .frame_mask = LPAE_BITS(G, 49), .high_mask = LPA2_BITS, .high_shift = 42

/* BITS_IN_HALF is the number of address bits within each half. All higher bits of an address are
 * equal. */
#define ARM64(NAME, BITS_IN_HALF, LEVELS)                                                          \
	.name = NAME, .sign_extends = true, .no_execute_bit = ARM64_UXN,                           \
	.address_bits = (BITS_IN_HALF) + 1, .nr_levels = LEVELS

// clang-format off
#define PMD_4K(RES0) BLOCK("pmd", 21, 9, 12, 0, RES0), LAST("pte", 12, 9, RES0)
#define PUD_4K(RES0) BLOCK("pud", 30, 9, 12, 0, RES0), PMD_4K(RES0)

#define PTE_16K(RES0) LAST("pte", 14, 11, RES0)
#define PMD_16K(RES0) BLOCK("pmd", 25, 11, 14, 0, RES0), PTE_16K(RES0)

#define PTE_64K(RES0) LAST("pte", 16, 13, RES0)
#define PMD_64K(HIGH, RES0) BLOCK("pmd", 29, 13, 16, HIGH, RES0), PTE_64K(RES0)

/* The paging modes. LPA and LPA2 also allow blocks one level higher: of 512G with 4K pages, of 64G
 * with 16K pages, of 4T with 64K pages. */
static const struct {
	uint8_t page_shift, bits, pa_bits;
	struct paging paging;
} pagings[] = {
	{ 12, 39, 48, { ARM64("arm64, 4K pages, 39 bits", 39, 3), PLAIN(12),
	  .level = { BLOCK("pgd", 30, 9, 12, 0, PLAIN_HIGH), PMD_4K(PLAIN_HIGH) } } },
	{ 12, 48, 48, { ARM64("arm64, 4K pages, 48 bits", 48, 4), PLAIN(12),
	  .level = { TABLE("pgd", 39, 9, PLAIN_HIGH), PUD_4K(PLAIN_HIGH) } } },
	{ 12, 52, 52, { ARM64("arm64, 4K pages, 52 bits", 52, 5), LPA2(12),
	  .level = { TABLE("pgd", 48, 4, 0), BLOCK("p4d", 39, 9, 12, 0, 0), PUD_4K(0) } } },
	{ 14, 36, 48, { ARM64("arm64, 16K pages, 36 bits", 36, 2), PLAIN(14),
	  .level = { BLOCK("pgd", 25, 11, 14, 0, PLAIN_HIGH), PTE_16K(PLAIN_HIGH) } } },
	{ 14, 47, 48, { ARM64("arm64, 16K pages, 47 bits", 47, 3), PLAIN(14),
	  .level = { TABLE("pgd", 36, 11, PLAIN_HIGH), PMD_16K(PLAIN_HIGH) } } },
	{ 14, 48, 48, { ARM64("arm64, 16K pages, 48 bits", 48, 4), PLAIN(14),
	  .level = { TABLE("pgd", 47, 1, PLAIN_HIGH), TABLE("pud", 36, 11, PLAIN_HIGH),
		     PMD_16K(PLAIN_HIGH) } } },
	{ 14, 52, 52, { ARM64("arm64, 16K pages, 52 bits", 52, 4), LPA2(14),
	  .level = { TABLE("pgd", 47, 5, 0), BLOCK("pud", 36, 11, 14, 0, 0), PMD_16K(0) } } },
	{ 16, 42, 48, { ARM64("arm64, 64K pages, 42 bits", 42, 2), PLAIN(16),
	  .level = { BLOCK("pgd", 29, 13, 16, 0, PLAIN_HIGH), PTE_64K(PLAIN_HIGH) } } },
	{ 16, 42, 52, { ARM64("arm64, 64K pages, 42 bits, 52 physical", 42, 2), LPA,
	  .level = { BLOCK("pgd", 29, 13, 16, LPA_BITS, 0), PTE_64K(0) } } },
	{ 16, 48, 48, { ARM64("arm64, 64K pages, 48 bits", 48, 3), PLAIN(16),
	  .level = { TABLE("pgd", 42, 6, PLAIN_HIGH), PMD_64K(0, PLAIN_HIGH) } } },
	{ 16, 48, 52, { ARM64("arm64, 64K pages, 48 bits, 52 physical", 48, 3), LPA,
	  .level = { BLOCK("pgd", 42, 6, 16, LPA_BITS, 0), PMD_64K(LPA_BITS, 0) } } },
	{ 16, 52, 52, { ARM64("arm64, 64K pages, 52 bits", 52, 3), LPA,
	  .level = { BLOCK("pgd", 42, 10, 16, LPA_BITS, 0), PMD_64K(LPA_BITS, 0) } } },
};

/* The table of a kernel for 52 bits on a CPU with 48 bits. */
static const struct paging wide_table = {
	ARM64("arm64, 64K pages, 48 bits of 52", 52, 3), LPA, .unused_bits = 52 - 48,
	.level = { BLOCK("pgd", 42, 10, 16, LPA_BITS, 0), PMD_64K(LPA_BITS, 0) },
};
// clang-format on

/* Is the fact necessary to choose the paging mode? The configured number of address bits is
 * necessary only with 64K pages, because a kernel for 52 bits that runs with 48 bits still has
 * tables for 52 bits. TTBR1_EL1 then points into swapper_pg_dir (c812026c54cf, 5.4), so that a walk
 * with 52 bits finds the same entries. With smaller pages, such a kernel uses one level less
 * (0dd4f60a2c76, 6.9). */
bool arm64_needs_fact(const struct paging_choice *choice, enum fact_id id)
{
	return id != FACT_CONFIG_VA_BITS || choice->page_size == ARM64_64K;
}

static uint64_t arm64_table_bits(const struct paging_choice *choice)
{
	return choice->page_size == ARM64_64K ? choice->config_va_bits : choice->va_bits;
}

const struct paging *arm64_paging(const struct paging_choice *choice)
{
	uint64_t bits = arm64_table_bits(choice);

	if (choice->page_size == ARM64_64K && bits == 52 && choice->va_bits == 48 &&
	    choice->pa_bits == 52 && (!choice->levels || choice->levels == wide_table.nr_levels))
		return &wide_table;
	for (size_t i = 0; i < sizeof(pagings) / sizeof(pagings[0]); i++)
		if (choice->page_size == UINT64_C(1) << pagings[i].page_shift &&
		    bits == pagings[i].bits && choice->pa_bits == pagings[i].pa_bits &&
		    (!choice->levels || choice->levels == pagings[i].paging.nr_levels))
			return &pagings[i].paging;
	return NULL;
}

/* With 64K pages, modes for 48 bits are left out. The format for 52 bits can also read their
 * tables: the entries have zeros in the bits for address bits above 47. */
bool arm64_paging_at(unsigned int nr, struct paging_choice *choice)
{
	for (size_t i = 0; i < sizeof(pagings) / sizeof(pagings[0]); i++)
		if ((pagings[i].page_shift != 16 || pagings[i].pa_bits == 52) && !nr--) {
			*choice = (struct paging_choice){
				.mode = MODE_ARM64,
				.page_size = UINT64_C(1) << pagings[i].page_shift,
				.va_bits = pagings[i].bits,
				.config_va_bits = pagings[i].bits,
				.pa_bits = pagings[i].pa_bits,
			};
			return true;
		}
	return false;
}

/* --- the registers of tables --- */

/* The fields of TTBR0_EL1 and TTBR1_EL1 (Arm ARM, TTBR0_EL1): bit 0 is CnP, bits 63:48 are the
 * ASID. With physical addresses of 52 bits, bits 5:2 are the highest four bits of the address. A
 * table has at least 64 bytes, so the low six bits of its address are zero. */
static bool table_of_register(const struct space *space, uint64_t ttbr, uint64_t *root)
{
	const uint64_t low = UINT64_C(0xffffffffffc0), high = space->paging->high_mask ? 0x3c : 0;

	if (ttbr & ~(low | high | 1 | UINT64_C(0xffff) << 48))
		return false;
	*root = (ttbr & low) | (ttbr & high) << 46;
	return true;
}

/* Returns 0 if a top-level table may begin at paddr. If not, returns the distance from paddr to the
 * nearest lower address at which a table may begin. A table begins at a multiple of its size (Arm
 * ARM, TTBR0_EL1, BADDR). */
static uint64_t place_in_table(const struct paging *paging, uint64_t paddr)
{
	return paddr & (8 * paging_entries(paging, 0) - 1);
}

bool arm64_root_of_register(const struct space *space, uint64_t value, uint64_t *root)
{
	return table_of_register(space, value, root) && !place_in_table(space->paging, *root);
}

/* If a kernel for 52 bits has 64K pages and runs with 48 bits, TTBR1_EL1 points to the last 64 of
 * 1024 entries: TTBR1_BADDR_4852_OFFSET, which offset_ttbr1 (asm/assembler.h, c812026c54cf)
 * adds. */
bool arm64_kernel_table(const struct space *space, uint64_t *root)
{
	enum { NR_48 = 64, NR_52 = 1024, LEAST_SIZE = 64 };
	uint64_t table = *root, place;

	if ((table % LEAST_SIZE || table > dump_last_paddr(space->dump)) &&
	    !table_of_register(space, table, &table))
		return false;
	place = place_in_table(space->paging, table);
	if (place && (paging_entries(space->paging, 0) != NR_52 || place != 8 * (NR_52 - NR_48)))
		return false;
	*root = table - place;
	return true;
}

/* --- the meaning of entries --- */

/* The entries of arm64 page tables: names of bits, memory types, and the formats that Linux uses
 * for entries that are not present. */

/* The flags of entries that map pages: Arm ARM (DDI 0487), D8.3.1. The names are from
 * asm/pgtable-hwdef.h and pgtable-prot.h. Bits 58:55 are for software, and bits 62:60 are for
 * permission overlays. */
static const char *const page_bits[64] = {
	[0] = "VALID",	[6] = "USER",	  [7] = "RDONLY",  [10] = "AF",	    [11] = "NG",
	[50] = "GP",	[51] = "DBM",	  [52] = "CONT",   [53] = "PXN",    [54] = "UXN",
	[55] = "DIRTY", [56] = "SPECIAL", [57] = "SOFTW3", [58] = "SOFTW4", [60] = "POI0",
	[61] = "POI1",	[62] = "POI2",
};

/* The flags of entries that point to tables. */
static const char *const table_bits[64] = {
	[0] = "VALID",	   [1] = "TABLE",     [10] = "AF",	 [59] = "PXNTABLE",
	[60] = "UXNTABLE", [61] = "APTABLE0", [62] = "APTABLE1", [63] = "NSTABLE",
};

/* Returns the name of the value of the field SH, or NULL if there is nothing to show. With LPA2,
 * these bits are not SH, but part of the address. */
static const char *shareability(const struct paging *paging, uint64_t entry)
{
	static const char *const names[] = { NULL, "SH1", "OUTER", "SHARED" };
	enum { SHIFT = 8, MASK = 3 };

	return (paging->high_mask >> SHIFT & MASK) ? NULL : names[entry >> SHIFT & MASK];
}

struct entry_flags arm64_entry_flags(const struct entry_rules *rules, const struct paging *paging,
				     unsigned int level, uint64_t entry)
{
	enum entry_class class = entry_class(paging->family, paging, level, entry);
	const char *const *names = page_bits;
	/* No initializer, because the struct is large and only the first nr names are used. */
	struct entry_flags flags;

	flags.nr = 0;
	/* If an entry is not present, its bits are flags only if it is a PROT_NONE entry. */
	if (class == CLASS_ABSENT &&
	    arm64_describe_entry(rules, paging, level, entry).kind != ENTRY_PROT_NONE)
		return flags;
	if (class == CLASS_TABLE ||
	    (class == CLASS_CORRUPT && (entry & ARM64_TABLE) && level + 1u < paging->nr_levels))
		names = table_bits;
	for (unsigned int bit = 0; bit < 64; bit++) {
		bool set = entry >> bit & 1 &&
			   !(class == CLASS_ABSENT && (rules->prot_none_bit >> bit & 1));

		if (bit == 8 && names == page_bits)
			entry_add_flag(&flags, shareability(paging, entry));
		if (set)
			entry_add_flag(&flags, names[bit]);
	}
	if (class == CLASS_ABSENT)
		entry_add_flag(&flags, "PROTNONE");
	return flags;
}

static void arm64_entry_describe_page(const struct entry_rules *rules, const struct paging *paging,
				      unsigned int level, uint64_t entry,
				      struct entry_meaning *meaning)
{
	unsigned int index = entry_cache_index(paging, level, entry);

	meaning->kind = ENTRY_PAGE;
	meaning->physical = entry_page(paging->family, paging, level, entry);
	meaning->has_cache = rules->cache_known;
	meaning->cache = rules->cache[index];
	meaning->memory_type = rules->memory_type[index];
}

/* Does the entry map a page that is in memory, but that may not be accessed? Such pages are
 * PROT_NONE pages, and pages that the kernel removed from the linear map (set_memory_valid(),
 * kfence). Their entries have the same fields as entries of accessible pages. Since 6.10, bit 11
 * marks both kinds. Before 6.10, bit 1 marks removed pages: their entries keep this bit, and swap
 * entries do not have it. */
static bool is_without_access(const struct entry_rules *rules, bool last, uint64_t entry)
{
	return (entry & rules->prot_none_bit) || (last && (entry & ARM64_TABLE)) ||
	       (!last && (entry & rules->split_bit));
}

struct entry_meaning arm64_describe_entry(const struct entry_rules *rules,
					  const struct paging *paging, unsigned int level,
					  uint64_t entry)
{
	struct entry_meaning meaning = { .kind = ENTRY_EMPTY };
	enum entry_class class = entry_class(paging->family, paging, level, entry);
	bool last = level + 1u == paging->nr_levels;

	if (class == CLASS_CORRUPT)
		meaning.doubt = "it has a bit set that must be 0";
	if (class == CLASS_TABLE || (class == CLASS_CORRUPT && !last && (entry & ARM64_TABLE))) {
		meaning.kind = ENTRY_TABLE;
		meaning.has_physical = true;
		meaning.physical = entry_table(paging->family, paging, entry);
	} else if (class != CLASS_ABSENT) {
		meaning.has_physical = true;
		arm64_entry_describe_page(rules, paging, level, entry, &meaning);
	} else if (!entry) {
		;
	} else if (!rules->swap_known) {
		meaning.kind = ENTRY_SPECIAL;
		meaning.doubt =
			"the layout of entries that are not present depends on the kernel's release, which is not known";
	} else if (is_without_access(rules, last, entry)) {
		meaning.kind = ENTRY_PROT_NONE;
		meaning.has_physical = true;
		meaning.physical = entry_page(paging->family, paging, level, entry);
	} else if (last && (entry & rules->file_bit)) {
		meaning.kind = ENTRY_NONLINEAR;
	} else {
		entry_describe_swap(rules, &rules->swap, entry, paging_page_shift(paging),
				    &meaning);
	}
	return meaning;
}

/* --- the rules of this kernel --- */

#define BIT(NR) (UINT64_C(1) << (NR))

/* The formats of entries that are not present, the newest format first: asm/pgtable.h and
 * pgtable-prot.h of each release. The format is chosen by the release, because no symbol, type or
 * key shows it. */
static const struct entry_layout layouts[] = {
	/* The bit for prot_none is PTE_PRESENT_INVALID, which is the bit nG. */
	{ KERNEL_VERSION(6, 10, 0), BIT(11), .swap = { { 6, 5, false }, { 12, 50, false } } },
	/* The type starts at bit 3, because bit 2 is PG_anon_exclusive. */
	{ KERNEL_VERSION(5, 19, 0), BIT(58), BIT(59),
	  .swap = { { 3, 5, false }, { 8, 50, false } } },
	{ KERNEL_VERSION(4, 0, 0), BIT(58), BIT(59),
	  .swap = { { 2, 6, false }, { 8, 50, false } } },
	{ KERNEL_VERSION(3, 13, 0), BIT(58), 0, BIT(2), { { 3, 6, false }, { 9, 49, false } } },
	{ KERNEL_VERSION(3, 11, 0), BIT(2), 0, BIT(3), { { 4, 6, false }, { 10, 54, false } } },
	{ 1, BIT(1), 0, BIT(2), { { 3, 6, false }, { 9, 55, false } } },
};

/* The memory types of the kernel (MT_*, asm/memory.h). In each array, the index is the index in
 * MAIR_EL1. */
static const struct memory_type {
	const char *name;
	enum cache_type cache;
} normal = { "Normal-WB", CACHE_WB }, tagged = { "Normal-WB-Tagged", CACHE_WB },
  uncached = { "Normal-NC", CACHE_NC }, through = { "Normal-WT", CACHE_WT },
  ordered = { "Device-nGnRnE", CACHE_UC }, device = { "Device-nGnRE", CACHE_UC },
  gathering = { "Device-GRE", CACHE_UC };

enum { NR_MEMORY_TYPES = 8 };
static const struct memory_type *const memory_types[][NR_MEMORY_TYPES] = {
	/* Until 5.9. */
	{ &ordered, &device, &gathering, &uncached, &normal, &through, &tagged },
	/* From 5.10 to 5.13. Index 0 is normal memory, because memory tags require this. */
	{ &normal, &tagged, &uncached, &through, &ordered, &device, &gathering },
	/* Since 5.14. */
	{ &normal, &tagged, &uncached, &ordered, &device },
};

/* Finds the index that the kernel uses for normal memory. The entry of the linear map that maps the
 * kernel's table contains this index. The index shows which array of memory types is right. */
static bool linear_map_type(struct kernel *kernel, unsigned int *index)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t page_offset, phys_offset;
	struct walk walk;

	if (!space || !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	    !kernel_fact(kernel, FACT_PHYS_OFFSET, &phys_offset))
		return false;
	walk = walk_page_table(space, space->upper_root - phys_offset + page_offset);
	if (walk.outcome != WALK_MAPPED)
		return false;
	*index = entry_cache_index(space->paging, walk.nr_steps - 1u, walk_last_entry(&walk));
	return true;
}

static void find_memory_types(struct kernel *kernel, struct entry_rules *rules)
{
	unsigned int version = kernel_version(kernel), index;
	const struct memory_type *const *types;

	if (!linear_map_type(kernel, &index))
		return;
	types = memory_types[memory_types[0][index] && memory_types[0][index]->cache == CACHE_WB ? 0 :
			     version && version < KERNEL_VERSION(5, 14, 0) ? 1 :
									     2];
	rules->cache_known = true;
	for (size_t i = 0; i < NR_MEMORY_TYPES; i++) {
		rules->cache[i] = types[i] ? types[i]->cache : CACHE_UC;
		rules->memory_type[i] = types[i] ? types[i]->name : NULL;
	}
}

void arm64_entry_rules(struct kernel *kernel, struct entry_rules *rules)
{
	uint64_t pa_bits;

	*rules = (struct entry_rules){ .last_memory = dump_last_paddr(kernel->dump) };
	entry_choose_layout(layouts, kernel_version(kernel), rules);
	entry_find_special_types(kernel, rules);
	find_memory_types(kernel, rules);
	/* pfn_bits is MAX_PHYSMEM_BITS - PAGE_SHIFT. The bits above the frame number are attributes
	 * of the page. */
	if ((!find_note_number(kernel, "MAX_PHYSMEM_BITS", &pa_bits) || pa_bits < 32 ||
	     pa_bits > 52) &&
	    !kernel_fact(kernel, FACT_PA_BITS, &pa_bits))
		pa_bits = 48;
	rules->pfn_bits = (uint8_t)(pa_bits - kernel->page_shift);
}
