/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the rules for this kernel's page table entries from symbols, types and swap areas. If these
 * are not sufficient, the rules are found from the release. */
#include "arch/x86/x86.h"
#include "arch/x86/x86_members.h"

/* Does the kernel invert the frames of entries that are not present? Kernels do so since 4.19
 * (6b28baca9b1f). An older kernel does so if it has a backport of the mitigation, which two symbols
 * show. l1tf_mitigation proves the backport, but backports without the part for KVM, such as
 * 4.4.155, lack this symbol. cpu_show_l1tf, the report in sysfs, came with the inversion. */
static enum certainty find_inverted(struct kernel *kernel, enum kernel_mode mode)
{
	if (mode == MODE_I386)
		return NO;
	if (kernel_version(kernel) >= KERNEL_VERSION(4, 19, 0) ||
	    kernel_has_symbol(kernel, "l1tf_mitigation") == YES)
		return YES;
	return kernel_has_symbol(kernel, "cpu_show_l1tf");
}

/* Reads the end of each swap area, in pages. Since 2.6.33 (efa90a981bbc), swap_info[] contains
 * pointers to struct swap_info_struct. Before, it contained the structs, and nothing is read. */
static void read_swap_areas(struct kernel *kernel, struct entry_rules *rules)
{
	enum { SWP_USED = 1 << 0 };
	unsigned int word = kernel_pointer_size(kernel);
	struct kernel_symbol linked;
	uint64_t table, area, flags, nr;

	if (!kernel_linked_symbol(kernel, "swap_info", &linked) ||
	    !kernel_symbol(kernel, "swap_info", &table, NULL))
		return;
	nr = linked.size / word;
	if (nr > NR_SWAP_TYPES)
		return;
	for (uint64_t i = 0; i < nr; i++) {
		if (!kernel_read_pointer(kernel, table + i * word, &area, NULL))
			return;
		if (!area)
			continue;
		if (!kernel_read_member(kernel, area, SWAP_FLAGS, &flags, NULL) ||
		    !kernel_read_member(kernel, area, SWAP_MAX, &rules->swap_end[i], NULL))
			return;
		if (!(flags & SWP_USED))
			rules->swap_end[i] = 0;
	}
	rules->nr_areas = (unsigned int)nr;
}

/* The layouts of swap entries that are not inverted, by release: arch/x86/include/asm/pgtable_64.h,
 * pgtable-2level.h, pgtable-3level.h. Inverted entries need no row here, because an inverted entry
 * itself shows that it is inverted. */
static const struct {
	enum kernel_mode mode;
	unsigned int since; /* for each mode, the newest release comes first */
	struct swap_layout layout;
} swap_layouts[] = {
	{ MODE_I386, KERNEL_VERSION(2, 6, 28), { { 1, 5, false }, { 9, 23, false } } },
	{ MODE_I386, 1, { { 1, 5, false }, { 8, 24, false } } },
	/* The high word contains the type in its low bits, and the offset above the type. */
	{ MODE_PAE, 1, { { 32, 5, false }, { 37, 27, false } } },
	/* eee4818baac0, 00839ee3b299 */
	{ MODE_X86_64, KERNEL_VERSION(4, 14, 0), { { 9, 5, false }, { 14, 50, false } } },
	{ MODE_X86_64, KERNEL_VERSION(4, 8, 0), { { 9, 5, false }, { 15, 49, false } } },
	{ MODE_X86_64, KERNEL_VERSION(2, 6, 28), { { 1, 5, false }, { 9, 55, false } } },
	{ MODE_X86_64, 1, { { 1, 6, false }, { 8, 56, false } } },
};

/* Finds the layout for the release. Kernels of distributions from 3.0 to 4.7 are doubtful: they may
 * have the layout of 4.8, as RHEL 7.3 (3.10) has, which backported the change for the erratum of
 * Knights Landing (00839ee3b299). */
static void find_swap_layout(struct kernel *kernel, enum kernel_mode mode,
			     struct entry_rules *rules)
{
	enum { SINCE_ERRATUM = 4, BEFORE_ERRATUM };
	unsigned int version = kernel_version(kernel);
	size_t i = 0;

	if (rules->inverted == YES) {
		rules->swap = x86_inverted_swap;
	} else if (version) {
		while (swap_layouts[i].mode != mode || swap_layouts[i].since > version)
			i++;
		rules->swap = swap_layouts[i].layout;
		rules->later_swap = swap_layouts[SINCE_ERRATUM].layout;
		rules->swap_doubtful = i == BEFORE_ERRATUM && version >= KERNEL_VERSION(3, 0, 0) &&
				       kernel_is_distribution(kernel);
		if (rules->swap_doubtful)
			read_swap_areas(kernel, rules);
	}
	rules->swap_known = rules->inverted == YES || version;
}

/* Reads the table of cache types, which the kernel computed from the PAT MSR: arch/x86/mm/init.c,
 * 3.19. Returns false if the table cannot be read. */
static bool read_cache_table(struct kernel *kernel, struct entry_rules *rules)
{
	uint64_t address;
	uint8_t table[8];

	if (!kernel_symbol(kernel, "__pte2cachemode_tbl", &address, NULL) ||
	    !kernel_read(kernel, address, table, sizeof(table), NULL))
		return false;
	for (size_t i = 0; i < sizeof(table); i++) {
		if (table[i] > CACHE_WP)
			return false;
		rules->cache[i] = (enum cache_type)table[i];
	}
	return true;
}

/* Assumes the cache types that the kernel writes to the PAT MSR: arch/x86/mm/pat/memtype.c, earlier
 * pat.c. Since 4.2 the last four entries of the MSR differ from the first four. From 2.6.26 to 4.1
 * they repeat the first four. */
static bool guess_cache_table(struct kernel *kernel, struct entry_rules *rules)
{
	static const enum cache_type since_4_2[8] = {
		CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC,
		CACHE_WB, CACHE_WP, CACHE_UC_MINUS, CACHE_WT,
	};
	unsigned int version = kernel_version(kernel);

	/* A kernel of a distribution may have a backport of 4.2's value, as RHEL 7 (3.10) has. Such
	 * a kernel has __pte2cachemode_tbl, too. */
	if (!version || (version >= KERNEL_VERSION(2, 6, 26) && version < KERNEL_VERSION(4, 2, 0) &&
			 kernel_is_distribution(kernel) &&
			 kernel_has_symbol(kernel, "__pte2cachemode_tbl") != NO))
		return false;
	for (size_t i = 0; i < 8; i++)
		rules->cache[i] =
			version >= KERNEL_VERSION(4, 2, 0) ? since_4_2[i] : since_4_2[i % 4];
	/* Kernels before 2.6.26 leave the MSR as it is after a reset. */
	if (version < KERNEL_VERSION(2, 6, 26))
		rules->cache[1] = rules->cache[5] = CACHE_WT;
	return true;
}

/* Does the kernel have nonlinear mappings? 4.0 removed them (0a1913620583, 27ba0644ea9f), and some
 * older kernels have a backport of the removal. */
static bool has_nonlinear(struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel);

	if (!version || version >= KERNEL_VERSION(4, 0, 0))
		return false;
	return kernel_member(kernel, SPACE_NONLINEAR, NULL) ||
	       !kernel_member(kernel, X86_SPACE_HOST, NULL);
}

void x86_entry_rules(struct kernel *kernel, struct entry_rules *rules)
{
	static const uint8_t pfn_bits[MAX_LEVELS + 1] = { [2] = 20, [3] = 24, [4] = 34, [5] = 40 };
	unsigned int version = kernel_version(kernel);
	uint64_t mode = MODE_X86_64, levels = 4, encrypt_mask;

	kernel_fact(kernel, FACT_MODE, &mode);
	kernel_fact(kernel, FACT_LEVELS, &levels);
	if (!kernel_fact(kernel, FACT_SME_MASK, &encrypt_mask))
		encrypt_mask = 0;
	*rules = (struct entry_rules){
		.encrypt_mask = encrypt_mask,
		/* The bit _PAGE_PROTNONE was PSE before 2.6.28, and is GLOBAL since then. */
		.prot_none_bit =
			version && version < KERNEL_VERSION(2, 6, 28) ? ENTRY_LARGE : ENTRY_GLOBAL,
		.has_nonlinear = has_nonlinear(kernel),
		.inverted = find_inverted(kernel, mode),
		/* A mask is narrow if __PHYSICAL_MASK_SHIFT is 46. The shift is 52 since 4.17
		 * (b83ce5ee9147), and with PAE since the mitigation (b0a182f87568). */
		.narrow_mask = version && version < KERNEL_VERSION(4, 17, 0),
		.last_memory = dump_last_paddr(kernel->dump),
		/* pfn_bits is MAX_PHYSMEM_BITS - PAGE_SHIFT, because newer kernels keep the
		 * accessed and dirty bits above the frame number. */
		.pfn_bits = pfn_bits[levels],
	};
	find_swap_layout(kernel, mode, rules);
	entry_find_special_types(kernel, rules);
	rules->cache_known = read_cache_table(kernel, rules) || guess_cache_table(kernel, rules);
}
