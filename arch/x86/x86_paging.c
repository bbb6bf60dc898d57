/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The paging modes of x86 processors, and the rules for their entries: Intel SDM vol. 3A, 4.3 to
 * 4.6. Two levels, PAE and 64-bit paging differ only in data. */
#include <limits.h>

#include "arch/x86/x86.h"

/* --- entries --- */

static inline uint64_t page_frame(const struct paging *paging, unsigned int level, uint64_t entry)
{
	uint64_t frame = entry & paging->frame_mask & -(UINT64_C(1) << paging->level[level].shift);

	/* PSE-36: bits 20:13 of a large page's entry are bits 39:32 of the address. SDM vol. 3A,
	 * table 4-4. */
	if (paging->pse36 && level < paging->nr_levels - 1u)
		frame |= (entry >> 13 & 0xff) << 32;
	return frame;
}

static bool x86_paging_is_global(const struct paging *paging, uint64_t entry)
{
	(void)paging;
	return entry & ENTRY_GLOBAL;
}

/* In the modes with 32-bit entries no_execute_bit is 0, because their entries have no such bit. */
static const struct paging_family x86 = {
	.present = ENTRY_PRESENT,
	.large = ENTRY_LARGE,
	.inverted = ENTRY_NO_EXECUTE,
	.write = ENTRY_RW,
	.user = ENTRY_USER,
	.execute = ENTRY_NO_EXECUTE,
	.always = MAY_READ,
	.bare_levels = true,
	.noted_bits = ENTRY_ACCESSED | ENTRY_DIRTY,
	.page = page_frame,
	.cache_index = pat_index,
	.is_global = x86_paging_is_global,
};

DEFINE_WALK(x86, 4)
DEFINE_WALK(x86, 8)

/* --- i386 --- */

/* The reserved bits of entries: Intel SDM vol. 3A, 4.3, tables 4-4 to 4-6, and 4.4, tables 4-8 to
 * 4-11. */
#define PAE_HIGH UINT64_C(0x7ff0000000000000) /* bits 62:52, reserved with PAE */

/* Table 4-8 also reserves bits 5 and 6. These bits are not checked, because QEMU's emulated MMU
 * sets bit 5 (accessed). */
#define PAE_PGD_RESERVED (ENTRY_NO_EXECUTE | PAE_HIGH | 0x186)

// clang-format off
static const struct paging paging_two_level = {
	.name = "i386, 2 levels", BY_WALK(x86, 4),
	.address_bits = 32, .pse36 = true, .frame_mask = 0xfffff000,
	.nr_levels = 2,
	.level = { PAGES("pgd", 22, 10, 0, 1 << 21), PAGES("pte", 12, 10, 0, 0) },
};

static const struct paging paging_pae = {
	.name = "PAE, 3 levels", BY_WALK(x86, 8),
	.address_bits = 32, .frame_mask = ENTRY_FRAME, .no_execute_bit = ENTRY_NO_EXECUTE,
	.nr_levels = 3,
	.level = {
		{ .name = "pgd", .shift = 30, .index_mask = 3, .no_rights = true,
		  .reserved = PAE_PGD_RESERVED, .reserved_large = PAE_PGD_RESERVED },
		PAGES("pmd", 21, 9, PAE_HIGH, PAE_HIGH | 0x001fe000),
		PAGES("pte", 12, 9, PAE_HIGH, PAE_HIGH),
	},
};

/* --- x86-64 --- */

/* Intel SDM vol. 3A, 4.5, tables 4-15 to 4-20. Bits 62:52 are not reserved, because software may
 * use them. */
#define PUD_TO_PTE PAGES("pud", 30, 9, 0, 0x3fffe000), PAGES("pmd", 21, 9, 0, 0x001fe000), \
	PAGES("pte", 12, 9, 0, 0)
#define LONG_MODE BY_WALK(x86, 8), .sign_extends = true, .frame_mask = ENTRY_FRAME, .no_execute_bit = ENTRY_NO_EXECUTE

static const struct paging paging_4_levels = {
	.name = "x86_64, 4 levels", LONG_MODE, .address_bits = 48, .nr_levels = 4,
	.level = { TABLES("pgd", 39, 9, ENTRY_LARGE), PUD_TO_PTE },
};

static const struct paging paging_5_levels = {
	.name = "x86_64, 5 levels", LONG_MODE, .address_bits = 57, .nr_levels = 5,
	.level = { TABLES("pgd", 48, 9, ENTRY_LARGE), TABLES("p4d", 39, 9, ENTRY_LARGE), PUD_TO_PTE },
};
// clang-format on

const struct paging *x86_paging(const struct paging_choice *choice)
{
	static const struct paging *const pagings[NR_MODES][2] = {
		[MODE_I386] = { &paging_two_level },
		[MODE_PAE] = { &paging_pae },
		[MODE_X86_64] = { &paging_4_levels, &paging_5_levels },
	};

	const struct paging *const *of_mode = pagings[choice->mode];

	for (size_t i = 0; i < 2 && of_mode[i]; i++)
		if (of_mode[i]->nr_levels == choice->levels)
			return of_mode[i];
	return NULL;
}

/* The section sizes are from arch/x86/include/asm/sparsemem.h. Whether SPARSEMEM_STATIC or
 * SPARSEMEM_EXTREME is configured is from arch/x86/Kconfig and mm/Kconfig. */
struct sparse_defaults x86_sparse_defaults(struct kernel *kernel, const struct paging *paging)
{
	unsigned int version = kernel_version(kernel);

	if (!version)
		version = UINT_MAX; /* if the release is unknown, it is probably new */
	switch (paging->nr_levels) {
	case 2: return (struct sparse_defaults){ .section_bits = 26, .memory_bits = 32 };
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
		return (struct sparse_defaults){
			.section_bits = 27,
			.memory_bits = 52,
			.extreme = true,
		};
	}
}
