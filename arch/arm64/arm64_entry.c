/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entries of arm64 page tables: names of bits, memory types, and the formats that Linux uses
 * for entries that are not present. */
#include "arch/arm64/arm64.h"

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
