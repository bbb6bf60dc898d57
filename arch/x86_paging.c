/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The paging modes of x86 processors, and the family of their entries: Intel SDM vol. 3A,
 * 4.3 to 4.6. The formats of two levels, PAE and 64 bits differ in data only. */
#include <limits.h>

#include "arch/x86.h"
#include "paging/entries.h"

/* --- entries --- */

static inline enum entry_class class_of(const struct paging *paging,
					unsigned int level, uint64_t entry)
{
	if (!(entry & ENTRY_PRESENT))
		return CLASS_ABSENT;
	return entry_class_of(paging, level, entry,
			      x86_maps_page(paging, level, entry));
}

/* NX is inverted, so that the AND over all levels is set if all allow execution. */
static inline uint64_t rights(const struct paging *paging, unsigned int level,
			      uint64_t entry)
{
	return paging->level[level].has_rights ?
		       entry ^ paging->no_execute_bit :
		       UINT64_MAX;
}

static inline unsigned int may(const struct paging *paging, uint64_t rights)
{
	uint64_t may_execute = paging->no_execute_bit;

	return MAY_READ | (rights & ENTRY_RW ? MAY_WRITE : 0) |
	       (rights & ENTRY_USER ? MAY_USER : 0) |
	       ((rights & may_execute) == may_execute ? MAY_EXECUTE : 0);
}

static inline uint64_t page_frame(const struct paging *paging,
				  unsigned int level, uint64_t entry)
{
	uint64_t frame = entry_page(paging, level, entry);

	/* PSE-36: SDM vol. 3A, table 4-4. */
	if (paging->pse36 && level < paging->nr_levels - 1u)
		frame |= (entry >> 13 & 0xff) << 32;
	return frame;
}

static const struct entry_code code = {
	class_of, rights, may, entry_table, page_frame, NULL,
};

/* Compiled for each size of entries: constant sizes make loads and offsets cheaper. */
static void walk_narrow(const struct space *space, uint64_t vaddr,
			struct walk *walk)
{
	walk_levels(space, vaddr, walk, 4, &code, space->root);
}

static void walk_wide(const struct space *space, uint64_t vaddr,
		      struct walk *walk)
{
	walk_levels(space, vaddr, walk, 8, &code, space->root);
}

static void walk_many_narrow(const struct space *space, const uint64_t *vaddrs,
			     uint64_t *paddrs, size_t nr)
{
	walk_levels_many(space, vaddrs, paddrs, nr, 4, &code, only_root);
}

static void walk_many_wide(const struct space *space, const uint64_t *vaddrs,
			   uint64_t *paddrs, size_t nr)
{
	walk_levels_many(space, vaddrs, paddrs, nr, 8, &code, only_root);
}

static bool is_global(const struct paging *paging, uint64_t entry)
{
	(void)paging;
	return entry & ENTRY_GLOBAL;
}

static const struct paging_family family = {
	.code = &code,
	.root = only_root,
	.cache_index = pat_index,
	.is_global = is_global,
	.noted_bits = ENTRY_ACCESSED | ENTRY_DIRTY,
};

/* --- i386 --- */

/* Intel SDM vol. 3A, 4.3, tables 4-4 to 4-6; 4.4, tables 4-8 to 4-11. */
#define PAE_FRAME UINT64_C(0x000ffffffffff000)
#define PAE_HIGH UINT64_C(0x7ff0000000000000) /* 62:52, reserved in PAE */
#define PAE_NX (UINT64_C(1) << 63)

/* Table 4-8 reserves bits 5 and 6 too, but QEMU's emulated MMU sets the accessed bit. */
#define PAE_PGD_RESERVED (PAE_NX | PAE_HIGH | 0x186)

// clang-format off
static const struct paging paging_two_level = {
	.name = "i386, 2 levels", .family = &family, .walk = walk_narrow, .walk_many = walk_many_narrow,
	.entry_size = 4,
	.address_bits = 32, .pse36 = true, .frame_mask = 0xfffff000,
	.nr_levels = 2,
	.level = {
		{ "pgd", 22, 10, true, true, 0, 1 << 21 },
		{ "pte", 12, 10, true, true, 0, 0 },
	},
};

static const struct paging paging_pae = {
	.name = "PAE, 3 levels", .family = &family, .walk = walk_wide, .walk_many = walk_many_wide,
	.entry_size = 8,
	.address_bits = 32, .frame_mask = PAE_FRAME, .no_execute_bit = PAE_NX,
	.nr_levels = 3,
	.level = {
		{ "pgd", 30, 2, false, false, PAE_PGD_RESERVED, PAE_PGD_RESERVED },
		{ "pmd", 21, 9, true, true, PAE_HIGH, PAE_HIGH | 0x001fe000 },
		{ "pte", 12, 9, true, true, PAE_HIGH, PAE_HIGH },
	},
};
// clang-format on

/* --- x86-64 --- */

/* Intel SDM vol. 3A, 4.5, tables 4-15 to 4-20. Bits 62:52 are software's. */
#define PS ((uint64_t)ENTRY_LARGE)

// clang-format off
#define LEVEL_PGD(SHIFT) { "pgd", SHIFT, 9, false, true, PS, PS }
#define LEVEL_P4D { "p4d", 39, 9, false, true, PS, PS }
#define LEVEL_PUD { "pud", 30, 9, true, true, 0, UINT64_C(0x3fffe000) }
#define LEVEL_PMD { "pmd", 21, 9, true, true, 0, UINT64_C(0x001fe000) }
#define LEVEL_PTE { "pte", 12, 9, true, true, 0, 0 }

static const struct paging paging_4_levels = {
	.name = "x86_64, 4 levels", .family = &family, .walk = walk_wide, .walk_many = walk_many_wide,
	.entry_size = 8,
	.address_bits = 48, .sign_extends = true,
	.frame_mask = X86_64_FRAME, .no_execute_bit = UINT64_C(1) << 63,
	.nr_levels = 4,
	.level = { LEVEL_PGD(39), LEVEL_PUD, LEVEL_PMD, LEVEL_PTE },
};

static const struct paging paging_5_levels = {
	.name = "x86_64, 5 levels", .family = &family, .walk = walk_wide, .walk_many = walk_many_wide,
	.entry_size = 8,
	.address_bits = 57, .sign_extends = true,
	.frame_mask = X86_64_FRAME, .no_execute_bit = UINT64_C(1) << 63,
	.nr_levels = 5,
	.level = { LEVEL_PGD(48), LEVEL_P4D, LEVEL_PUD, LEVEL_PMD, LEVEL_PTE },
};
// clang-format on

const struct paging *x86_paging(enum kernel_mode mode, unsigned int levels)
{
	static const struct paging *const pagings[NR_MODES][2] = {
		[MODE_I386] = { &paging_two_level },
		[MODE_PAE] = { &paging_pae },
		[MODE_X86_64] = { &paging_4_levels, &paging_5_levels },
	};

	for (size_t i = 0; i < 2 && pagings[mode][i]; i++)
		if (pagings[mode][i]->nr_levels == levels)
			return pagings[mode][i];
	return NULL;
}

/* arch/x86/include/asm/sparsemem.h; SPARSEMEM_STATIC and _EXTREME of
 * arch/x86/Kconfig and mm/Kconfig. */
struct sparse_defaults x86_sparse_defaults(struct kernel *kernel,
					   const struct paging *paging)
{
	unsigned int version = kernel_version(kernel);

	if (!version)
		version = UINT_MAX; /* most likely a new one */
	switch (paging->nr_levels) {
	case 2:
		return (struct sparse_defaults){ 26, 32, false };
	case 3:
		return (struct sparse_defaults){
			.section_bits = version < KERNEL_VERSION(2, 6, 26) ? 30 : 29,
			.memory_bits = 36,
		};
	case 4:
		return (struct sparse_defaults){
			.section_bits = 27,
			.memory_bits = version >= KERNEL_VERSION(2, 6, 31) ? 46 :
				       version >= KERNEL_VERSION(2, 6, 26) ? 44 :
							     40,
			.extreme = true,
		};
	default:
		return (struct sparse_defaults){ 27, 52, true };
	}
}
