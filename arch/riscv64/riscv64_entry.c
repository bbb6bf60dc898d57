/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entries of riscv64 page tables: names of bits, memory types, and the formats that Linux uses
 * for entries that are not present: arch/riscv/include/asm/pgtable.h, pgtable-bits.h and
 * pgtable-64.h. */
#include "arch/riscv64/riscv64.h"

/* The names are from pgtable-bits.h and pgtable-64.h, without _PAGE_. Bit 9 was DEVMAP from 6.10 to
 * 6.16. Bits 59 and 60 are used since 6.19, on CPUs with Svrsw60t59b. */
static const char *const bit_names[64] = {
	[0] = "PRESENT", [1] = "READ",	   [2] = "WRITE",  [3] = "EXEC",	[4] = "USER",
	[5] = "GLOBAL",	 [6] = "ACCESSED", [7] = "DIRTY",  [8] = "SPECIAL",	[9] = "SOFT9",
	[61] = "NC",	 [62] = "IO",	   [63] = "NAPOT", [59] = "SOFT_DIRTY", [60] = "UFFD_WP",
};

struct entry_flags riscv64_entry_flags(const struct entry_rules *rules, const struct paging *paging,
				       unsigned int level, uint64_t entry)
{
	struct entry_flags flags; /* only the first nr names are used */
	bool absent = !(entry & RISCV64_VALID);

	flags.nr = 0;
	if (absent && riscv64_describe_entry(rules, paging, level, entry).kind != ENTRY_PROT_NONE)
		return flags;
	for (unsigned int bit = 0; bit < 64; bit++)
		if ((entry >> bit & 1) && !(absent && (rules->prot_none_bit >> bit & 1)))
			entry_add_flag(&flags, bit_names[bit]);
	if (absent)
		entry_add_flag(&flags, "PROT_NONE");
	return flags;
}

static void riscv64_describe_page(const struct entry_rules *rules, const struct paging *paging,
				  unsigned int level, uint64_t entry, struct entry_meaning *meaning)
{
	unsigned int index = entry_cache_index(paging, level, entry);

	meaning->has_physical = true;
	meaning->physical = entry_page(paging->family, paging, level, entry);
	meaning->has_cache = index && rules->memory_type[index];
	meaning->cache = rules->cache[index];
	meaning->memory_type = rules->memory_type[index];
}

struct entry_meaning riscv64_describe_entry(const struct entry_rules *rules,
					    const struct paging *paging, unsigned int level,
					    uint64_t entry)
{
	struct entry_meaning meaning = { .kind = ENTRY_EMPTY };
	enum entry_class class = entry_class(paging->family, paging, level, entry);
	bool last = level + 1u == paging->nr_levels;

	if (class == CLASS_CORRUPT)
		meaning.doubt = (entry & (RISCV64_READ | RISCV64_WRITE)) == RISCV64_WRITE ?
					"it permits writing, but not reading" :
					"it has a value that is reserved";
	if (class == CLASS_TABLE || (class == CLASS_CORRUPT && !last && !(entry & RISCV64_LEAF))) {
		meaning.kind = ENTRY_TABLE;
		meaning.has_physical = true;
		meaning.physical = entry_table(paging->family, paging, entry);
	} else if (class != CLASS_ABSENT) {
		meaning.kind = ENTRY_PAGE;
		riscv64_describe_page(rules, paging, level, entry, &meaning);
	} else if (!entry) {
		;
	} else if (!rules->swap_known) {
		meaning.kind = ENTRY_SPECIAL;
		meaning.doubt =
			"the layout of entries that are not present depends on the kernel's release, which is not known";
	} else if ((entry & rules->prot_none_bit) || (!last && (entry & rules->split_bit))) {
		meaning.kind = ENTRY_PROT_NONE;
		riscv64_describe_page(rules, paging, level, entry, &meaning);
	} else {
		entry_describe_swap(rules, &rules->swap, entry, paging_page_shift(paging),
				    &meaning);
	}
	return meaning;
}

/* --- the rules of this kernel --- */

/* The formats of entries that are not present, the newest first. PROT_NONE is _PAGE_GLOBAL since 5.17
 * (fba88ede6a31), and before _PAGE_READ. Since 6.3 bit 6 is _PAGE_SWP_EXCLUSIVE. While a large page
 * is being split, its entry keeps READ or WRITE (pmd_mkinvalid()). */
static const struct entry_layout layouts[] = {
	{ KERNEL_VERSION(6, 3, 0), RISCV64_GLOBAL, RISCV64_READ | RISCV64_WRITE,
	  .swap = { { 7, 5, false }, { 12, 52, false } } },
	{ KERNEL_VERSION(5, 17, 0), RISCV64_GLOBAL, RISCV64_READ | RISCV64_WRITE,
	  .swap = { { 6, 5, false }, { 11, 53, false } } },
	{ 1, RISCV64_READ, RISCV64_WRITE, .swap = { { 2, 5, false }, { 7, 57, false } } },
};

void riscv64_entry_rules(struct kernel *kernel, struct entry_rules *rules)
{
	enum { PFN_BITS = 44 }; /* MAX_PHYSMEM_BITS is 56: asm/sparsemem.h */

	/* PMA, 0: the physical address decides whether the memory is cached. So cache_known is
	 * false. */
	*rules = (struct entry_rules){
		.last_memory = dump_last_paddr(kernel->dump),
		.pfn_bits = PFN_BITS,
		.cache = { CACHE_WB, CACHE_NC, CACHE_UC, CACHE_UC },
		.memory_type = { "PMA", "NC", "IO" },
	};
	entry_find_special_types(kernel, rules);
	entry_choose_layout(layouts, kernel_version(kernel), rules);
}
