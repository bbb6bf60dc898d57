/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The paging modes of riscv64, and the rules for their entries: The RISC-V Instruction Set Manual,
 * volume II (privileged architecture), "Sv39" and the chapters after it, Svnapot, Svpbmt. The modes
 * differ only in the number of levels. */
#include "arch/riscv64/riscv64.h"

/* --- entries --- */

/* Returns the class of an entry. An entry that grants none of the rights R, W and X points to a
 * table. W without R is reserved. Naturally aligned ranges (N) exist in the last level only, and
 * only of 64K: then the low four bits of the frame number are 1000. */
static inline enum entry_class riscv64_class(const struct paging *paging, unsigned int level,
					     uint64_t entry)
{
	const struct paging_level *at = &paging->level[level];
	bool last = level + 1u == paging->nr_levels;

	if (!(entry & RISCV64_VALID))
		return CLASS_ABSENT;
	if (!(entry & RISCV64_LEAF))
		return last || (entry & at->reserved) ? CLASS_CORRUPT : CLASS_TABLE;
	if ((entry & at->reserved_large) ||
	    (entry & (RISCV64_READ | RISCV64_WRITE)) == RISCV64_WRITE ||
	    (entry & RISCV64_PBMT) == RISCV64_PBMT)
		return CLASS_CORRUPT;
	return (entry & RISCV64_NAPOT) && (entry & RISCV64_NAPOT_SIZE) != RISCV64_NAPOT_64K ?
		       CLASS_CORRUPT :
		       CLASS_PAGE;
}

/* Only the entry that maps a page restricts rights. */
static inline uint64_t riscv64_rights(enum entry_class class, uint64_t entry)
{
	return class == CLASS_TABLE ? UINT64_MAX : entry;
}

/* Bits 53:10 of an entry are the frame number, which has 44 bits. */
static inline uint64_t riscv64_table(const struct paging *paging, uint64_t entry)
{
	return (entry & paging->frame_mask) << 2;
}

static inline uint64_t riscv64_page_size(const struct paging *paging, unsigned int level,
					 uint64_t entry)
{
	return entry & RISCV64_NAPOT ? 1 << 16 : UINT64_C(1) << paging->level[level].shift;
}

static unsigned int riscv64_memory_index(const struct paging *paging, unsigned int level,
					 uint64_t entry)
{
	(void)paging, (void)level;
	return entry >> RISCV64_PBMT_SHIFT & 3;
}

static bool riscv64_is_global(const struct paging *paging, uint64_t entry)
{
	(void)paging;
	return entry & RISCV64_GLOBAL;
}

static const struct paging_family riscv64 = {
	.present = RISCV64_VALID,
	.large = RISCV64_LEAF,
	.read = RISCV64_READ,
	.write = RISCV64_WRITE,
	.user = RISCV64_USER,
	.execute = RISCV64_EXECUTE,
	.noted_bits = RISCV64_ACCESSED | RISCV64_DIRTY,
	.class = riscv64_class,
	.rights = riscv64_rights,
	.table = riscv64_table,
	.page_size = riscv64_page_size,
	.cache_index = riscv64_memory_index,
	.is_global = riscv64_is_global,
};

DEFINE_WALK(riscv64, 8)

/* --- modes --- */

/* The bits that must be 0 in an entry that points to a table. */
#define IN_TABLE                                                                                   \
	(RISCV64_NAPOT | RISCV64_PBMT | BITS(54, 60) | RISCV64_USER | RISCV64_ACCESSED |           \
	 RISCV64_DIRTY)
/* The bits that must be 0 in an entry that maps a page. Bits 60:59 are for software since
 * Svrsw60t59b; before, no kernel set them. */
#define IN_PAGE BITS(54, 58)
/* In an entry for a larger page, also N and the frame number's bits below the size of the page. */
#define LARGE(NAME, SHIFT)                                                                         \
	PAGES(NAME, SHIFT, 9, IN_TABLE, IN_PAGE | RISCV64_NAPOT | BITS(10, (SHIFT)-3))
#define SV(BITS_OF_ADDRESS, LEVELS)                                                                \
	.name = "Sv" #BITS_OF_ADDRESS, BY_WALK(riscv64, 8), .sign_extends = true,                  \
	.no_execute_bit = RISCV64_EXECUTE, .frame_mask = BITS(10, 53),                             \
	.address_bits = BITS_OF_ADDRESS, .nr_levels = LEVELS

// clang-format off
#define PMD_TO_PTE LARGE("pmd", 21), PAGES("pte", 12, 9, 0, IN_PAGE)
#define PUD_TO_PTE LARGE("pud", 30), PMD_TO_PTE

static const struct paging pagings[] = {
	{ SV(39, 3), .level = { LARGE("pgd", 30), PMD_TO_PTE } },
	{ SV(48, 4), .level = { LARGE("pgd", 39), PUD_TO_PTE } },
	{ SV(57, 5), .level = { LARGE("pgd", 48), LARGE("p4d", 39), PUD_TO_PTE } },
};
// clang-format on

const struct paging *riscv64_paging(const struct paging_choice *choice)
{
	for (size_t i = 0; i < sizeof(pagings) / sizeof(pagings[0]); i++)
		if (choice->levels == pagings[i].nr_levels)
			return &pagings[i];
	return NULL;
}

/* --- satp --- */

/* satp: bits 63:60 are the mode (8 is Sv39, 9 is Sv48, 10 is Sv57), bits 59:44 are the ASID, and
 * bits 43:0 are the frame number of the table. */
unsigned int riscv64_satp_levels(uint64_t satp)
{
	uint64_t mode = satp >> 60;

	return mode >= 8 && mode <= 10 ? (unsigned int)(mode - 5) : 0;
}

/* The address of the table is accepted, too. */
bool riscv64_root_of_register(const struct space *space, uint64_t value, uint64_t *root)
{
	uint64_t size = paging_page_size(space->paging);

	if (value % size == 0 && value < UINT64_C(1) << 56) {
		*root = value;
		return true;
	}
	if (riscv64_satp_levels(value) != space->paging->nr_levels)
		return false;
	*root = (value & BITS(0, 43)) * size;
	return true;
}

unsigned int riscv64_root_tag(uint64_t value, uint64_t root, const char **name)
{
	(void)root;
	*name = "ASID";
	return value >> 44 & 0xffff;
}

bool riscv64_kernel_table(const struct space *space, uint64_t *root)
{
	return riscv64_root_of_register(space, *root, root);
}
