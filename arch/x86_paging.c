/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The paging modes of x86 processors. */
#include <limits.h>

#include "arch/x86.h"
#include "paging/walk.h"

/* --- i386 --- */

/* Intel SDM vol. 3A, 4.3, tables 4-4 to 4-6; 4.4, tables 4-8 to 4-11. */
#define PAE_FRAME UINT64_C(0x000ffffffffff000)
#define PAE_HIGH UINT64_C(0x7ff0000000000000) /* 62:52, reserved in PAE */
#define PAE_NX (UINT64_C(1) << 63)

/* Table 4-8 reserves bits 5 and 6 of PAE's top level too, but QEMU's emulated MMU sets
 * the accessed bit there. */
#define PAE_PGD_RESERVED (PAE_NX | PAE_HIGH | 0x186)

// clang-format off
static const struct paging paging_two_level = {
	.name = "i386, 2 levels", .family = &x86_family, .walk = x86_walk_narrow,
	.entry_size = 4,
	.address_bits = 32, .pse36 = true, .frame_mask = 0xfffff000,
	.nr_levels = 2,
	.level = {
		{ "pgd", 22, 10, true, true, 0, 1 << 21 },
		{ "pte", 12, 10, true, true, 0, 0 },
	},
};

static const struct paging paging_pae = {
	.name = "PAE, 3 levels", .family = &x86_family, .walk = x86_walk_wide,
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
	.name = "x86_64, 4 levels", .family = &x86_family, .walk = x86_walk_wide,
	.entry_size = 8,
	.address_bits = 48, .sign_extends = true,
	.frame_mask = X86_64_FRAME, .no_execute_bit = UINT64_C(1) << 63,
	.nr_levels = 4,
	.level = { LEVEL_PGD(39), LEVEL_PUD, LEVEL_PMD, LEVEL_PTE },
};

static const struct paging paging_5_levels = {
	.name = "x86_64, 5 levels", .family = &x86_family, .walk = x86_walk_wide,
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
			version < 0x02061a ? 30 : 29, 36, false
		};
	case 4:
		return (struct sparse_defaults){
			27,
			version >= 0x02061f ? 46 :
			version >= 0x02061a ? 44 :
					      40,
			true
		};
	default:
		return (struct sparse_defaults){ 27, 52, true };
	}
}
