/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of x86 page tables: flags, cache types, Linux's use of the ones
 * that are not present. */
#include "arch/x86.h"

enum {
	BIT_PWT = 3,
	BIT_PCD = 4,
	BIT_ACCESSED = 5,
	BIT_DIRTY = 6,
	BIT_PSE = 7,         /* PAT in an entry of the last level */
	BIT_GLOBAL = 8,
	BIT_PAT_LARGE = 12,
};

enum { NR_SWAP_TYPES = 32 }; /* MAX_SWAPFILES_SHIFT 5, include/linux/swap.h */

/* SDM vol. 3A, 4.5; the software bits as arch/x86/include/asm/pgtable_types.h
 * numbers them. Their use changes from release to release: no names for it. */
static const char *const bit_names[64] = {
	[0] = "PRESENT", [1] = "RW", [2] = "USER", [BIT_PWT] = "PWT",
	[BIT_PCD] = "PCD", [BIT_ACCESSED] = "ACCESSED", [BIT_DIRTY] = "DIRTY",
	[BIT_GLOBAL] = "GLOBAL", [9] = "SOFTW1", [10] = "SOFTW2",
	[11] = "SOFTW3", [57] = "SOFTW4", [58] = "SOFTW5", [59] = "PKEY0",
	[60] = "PKEY1", [61] = "PKEY2", [62] = "PKEY3", [63] = "NX",
};

static bool is_large(const struct paging *paging, unsigned int level,
		     uint64_t entry)
{
	return level < paging->nr_levels - 1u && (entry & ENTRY_LARGE);
}

static const char *bit_name(const struct paging *paging, unsigned int level,
			    uint64_t entry, unsigned int bit)
{
	if (bit == BIT_PSE)
		return level < paging->nr_levels - 1u ? "PSE" : "PAT";
	if (bit == BIT_PAT_LARGE)
		return is_large(paging, level, entry) ? "PAT" : NULL;
	return bit_names[bit];
}

struct entry_flags x86_entry_flags(const struct entry_rules *rules,
				   const struct paging *paging,
				   unsigned int level, uint64_t entry)
{
	struct entry_flags flags = { .nr = 0 };
	uint64_t bits = entry;

	if (!(entry & ENTRY_PRESENT)) {
		/* Only a PROT_NONE entry keeps its flags: the rest is a number. */
		if (x86_describe_entry(rules, paging, level, entry).kind !=
		    ENTRY_PROT_NONE)
			return flags;
		bits &= ~rules->prot_none_bit;
	}
	for (; bits && flags.nr < MAX_ENTRY_FLAGS - 1; bits &= bits - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(bits);
		const char *name = bit_name(paging, level, entry, bit);

		if (name)
			flags.name[flags.nr++] = name;
	}
	if (!(entry & ENTRY_PRESENT))
		flags.name[flags.nr++] = "PROTNONE";
	return flags;
}

static void describe_page(const struct entry_rules *rules,
			  const struct paging *paging, unsigned int level,
			  uint64_t entry, struct entry_meaning *meaning)
{
	meaning->kind = ENTRY_PAGE;
	meaning->has_physical = true;
	entry &= ~rules->encrypt_mask;
	if (!paging_maps_page(paging, level, entry)) {
		meaning->physical = entry & paging->frame_mask;
		return;
	}
	meaning->physical = paging_page_frame(paging, level, entry);
	meaning->has_cache = rules->cache_known;
	meaning->cache = rules->cache[paging_cache_index(paging, level, entry)];
}

/*
 * The L1TF mitigation inverts the frame bits of what is not present, so that
 * they name memory that does not exist: arch/x86/include/asm/pgtable-invert.h.
 * How many bits is the kernel's __PHYSICAL_MASK: 52, or 44 to 48 in older ones
 * and by configuration. No memory is that high, so the highest bit set tells.
 */
static uint64_t undo_inversion(uint64_t frame_mask, uint64_t entry)
{
	uint64_t inverted = entry & frame_mask;
	unsigned int highest;

	if (!inverted)
		return entry ^ frame_mask;
	highest = 63u - (unsigned int)__builtin_clzll(inverted);
	return entry ^ (frame_mask & (UINT64_MAX >> (63 - highest)));
}

static void describe_prot_none(const struct entry_rules *rules,
			       const struct paging *paging, unsigned int level,
			       uint64_t entry, struct entry_meaning *meaning)
{
	meaning->kind = ENTRY_PROT_NONE;
	if (rules->inverted == UNSURE)
		return;
	if (rules->inverted == YES)
		entry = undo_inversion(paging->frame_mask & ~rules->encrypt_mask,
				       entry);
	entry &= ~rules->encrypt_mask;
	meaning->has_physical = true;
	meaning->physical = paging_page_frame(paging, level, entry);
}

static uint64_t field_value(const struct entry_field *field, uint64_t entry)
{
	if (field->inverted)
		entry = ~entry;
	return entry >> field->shift & ((UINT64_C(1) << field->bits) - 1);
}

/* From MAX_SWAPFILES up: hwpoison, migration, device, markers. */
static enum entry_kind swap_kind(const struct entry_rules *rules, uint64_t type)
{
	enum { MOST_SPECIAL_TYPES = 10 }; /* 1 + 3 + 4 + 2, all that any release had */
	const struct special_types *special = &rules->special;
	unsigned int from_top = NR_SWAP_TYPES - 1u - (unsigned int)type;

	if (!rules->special_known)
		return from_top < MOST_SPECIAL_TYPES ? ENTRY_SPECIAL :
						       ENTRY_SWAPPED;
	if (from_top < special->markers)
		return ENTRY_MARKER;
	from_top -= special->markers;
	if (from_top < special->devices)
		return ENTRY_DEVICE;
	from_top -= special->devices;
	if (from_top < special->migrations)
		return ENTRY_MIGRATION;
	from_top -= special->migrations;
	return from_top < special->hwpoisons ? ENTRY_HWPOISON : ENTRY_SWAPPED;
}

static void describe_swap(const struct entry_rules *rules, uint64_t entry,
			  struct entry_meaning *meaning)
{
	meaning->kind = ENTRY_SPECIAL;
	if (!rules->swap_known)
		return;
	meaning->has_swap = true;
	meaning->swap_type = field_value(&rules->swap_type, entry);
	meaning->swap_offset = field_value(&rules->swap_offset, entry);
	meaning->kind = swap_kind(rules, meaning->swap_type);
	if (meaning->kind == ENTRY_MIGRATION || meaning->kind == ENTRY_HWPOISON ||
	    meaning->kind == ENTRY_DEVICE) {
		uint64_t pfn = meaning->swap_offset &
			       ((UINT64_C(1) << rules->pfn_bits) - 1);

		meaning->has_physical = true;
		meaning->physical = pfn << 12;
	}
}

struct entry_meaning x86_describe_entry(const struct entry_rules *rules,
					const struct paging *paging,
					unsigned int level, uint64_t entry)
{
	struct entry_meaning meaning = { .kind = ENTRY_EMPTY };
	bool last = level == paging->nr_levels - 1u;
	uint64_t none = entry;

	/* Knights Landing may set these two in an entry that is none:
	 * _PAGE_KNL_ERRATUM_MASK, since 4.8. */
	if (paging->nr_levels > 3)
		none &= ~(UINT64_C(1) << BIT_ACCESSED | UINT64_C(1) << BIT_DIRTY);
	if (entry & ENTRY_PRESENT)
		describe_page(rules, paging, level, entry, &meaning);
	else if (none == 0)
		meaning.kind = ENTRY_EMPTY;
	/* pmd_present() takes a large entry without its present bit for a page
	 * that is being split or is PROT_NONE; swap entries keep bit 7 clear. */
	else if (last ? (entry & rules->prot_none_bit) != 0 :
			(entry & ENTRY_LARGE) != 0)
		describe_prot_none(rules, paging, level, entry, &meaning);
	else
		describe_swap(rules, entry, &meaning);
	return meaning;
}

/* Came with 4.18.1, 4.17.15 and many a distribution's older kernel. */
static enum certainty find_inverted(struct kernel *kernel,
				    enum kernel_mode mode)
{
	enum certainty found;

	if (mode == MODE_I386)
		return NO;
	found = kernel_has_symbol(kernel, "l1tf_mitigation");
	if (found == UNSURE && kernel_version(kernel) >= 0x041300)
		return YES;
	return found;
}

static void set_swap_layout(struct entry_rules *rules, struct entry_field type,
			    struct entry_field offset)
{
	rules->swap_known = true;
	rules->swap_type = type;
	rules->swap_offset = offset;
}

/* arch/x86/include/asm/pgtable_64.h, pgtable-2level.h, pgtable-3level.h, each
 * in the releases named. */
static void find_swap_layout(struct entry_rules *rules, enum kernel_mode mode,
			     unsigned int version)
{
	struct entry_field low_type = { 1, 5, false };

	if (mode == MODE_I386) {
		if (version >= 0x02061c)
			set_swap_layout(rules, low_type,
					(struct entry_field){ 9, 23, false });
		else if (version)
			set_swap_layout(rules, low_type,
					(struct entry_field){ 8, 24, false });
	} else if (rules->inverted == YES) {
		set_swap_layout(rules, (struct entry_field){ 59, 5, false },
				(struct entry_field){ 9, 50, true });
	} else if (rules->inverted == UNSURE || !version) {
		return;
	} else if (mode == MODE_PAE) { /* the high word: type, then offset */
		set_swap_layout(rules, (struct entry_field){ 32, 5, false },
				(struct entry_field){ 37, 27, false });
	} else if (version >= 0x040e00) { /* eee4818baac0 */
		set_swap_layout(rules, (struct entry_field){ 9, 5, false },
				(struct entry_field){ 14, 50, false });
	} else if (version >= 0x040800) { /* 00839ee3b299 */
		set_swap_layout(rules, (struct entry_field){ 9, 5, false },
				(struct entry_field){ 15, 49, false });
	} else if (version >= 0x02061c) {
		set_swap_layout(rules, low_type,
				(struct entry_field){ 9, 55, false });
	} else {
		set_swap_layout(rules, (struct entry_field){ 1, 6, false },
				(struct entry_field){ 8, 56, false });
	}
}

/*
 * How many swap types are none hangs on the kernel's configuration. The length
 * of swap_info[MAX_SWAPFILES] tells their sum, symbols and the release the
 * parts: two migration types, three since 5.19 (6c287605fd56); no markers
 * before 5.19 and one or two since; two device types, four since 5.14, three
 * since 6.14.
 */
static void find_special_types(struct kernel *kernel,
			       struct entry_rules *rules)
{
	struct special_types *special = &rules->special;
	unsigned int version = kernel_version(kernel), rest;
	struct symbol swap_info;

	if (!version || !kernel->vmlinux || !kernel->vmlinux->symbols ||
	    !symbols_find(kernel->vmlinux->symbols, "swap_info", &swap_info))
		return;
	rest = (unsigned int)(swap_info.size / kernel_pointer_size(kernel));
	if (rest == 0 || rest > NR_SWAP_TYPES)
		return;
	rest = NR_SWAP_TYPES - rest;
	special->hwpoisons = kernel_has_symbol(kernel, "memory_failure") == YES;
	if (kernel_has_symbol(kernel, "migrate_pages") == YES)
		special->migrations = version >= 0x051300 ? 3 : 2;
	if (rest < special->hwpoisons + special->migrations)
		return;
	rest -= special->hwpoisons + special->migrations;
	if (version >= 0x051300)
		special->markers = rest == 2 || rest == 6 ? 2 : rest ? 1 : 0;
	special->devices = (uint8_t)(rest - special->markers);
	rules->special_known = special->devices <= 4;
}

/* The kernel keeps what it made of the PAT MSR in a table of its own
 * (arch/x86/mm/init.c, since 3.19). Its values are enum page_cache_mode's. */
static bool read_cache_table(struct kernel *kernel, struct entry_rules *rules)
{
	uint64_t address;
	uint8_t table[8];

	if (!kernel_symbol(kernel, "__pte2cachemode_tbl", &address, NULL) ||
	    !kernel_read(kernel, address, table, sizeof(table), NULL))
		return false;
	for (size_t i = 0; i < sizeof(table); i++) {
		if (table[i] >= NR_CACHE_TYPES)
			return false;
		rules->cache[i] = (enum cache_type)table[i];
	}
	return true;
}

/* The PAT MSR as the kernel sets it: arch/x86/mm/pat/memtype.c and before it
 * pat.c. All eight entries are used since 4.2, four twice from 2.6.26. */
static bool guess_cache_table(unsigned int version, struct entry_rules *rules)
{
	static const enum cache_type since_4_2[8] = {
		CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC,
		CACHE_WB, CACHE_WP, CACHE_UC_MINUS, CACHE_WT,
	};

	if (!version)
		return false;
	for (size_t i = 0; i < 8; i++)
		rules->cache[i] = version >= 0x040200 ? since_4_2[i] :
							since_4_2[i % 4];
	if (version < 0x02061a) /* as the CPU comes up */
		rules->cache[1] = rules->cache[5] = CACHE_WT;
	return true;
}

void x86_entry_rules(struct kernel *kernel, struct entry_rules *rules)
{
	unsigned int version = kernel_version(kernel);
	uint64_t mode = MODE_X86_64, levels = 4, encrypt_mask;

	kernel_fact(kernel, FACT_MODE, &mode);
	kernel_fact(kernel, FACT_LEVELS, &levels);
	if (!kernel_fact(kernel, FACT_SME_MASK, &encrypt_mask))
		encrypt_mask = 0;
	*rules = (struct entry_rules){
		.encrypt_mask = encrypt_mask,
		/* _PAGE_PROTNONE moved from PSE to GLOBAL in 2.6.28. */
		.prot_none_bit = version && version < 0x02061c ?
					 UINT64_C(1) << BIT_PSE :
					 UINT64_C(1) << BIT_GLOBAL,
		.inverted = find_inverted(kernel, mode),
		/* MAX_PHYSMEM_BITS - PAGE_SHIFT: above the frame number newer
		 * kernels keep the accessed and dirty bit. */
		.pfn_bits = levels == 5 ? 40 : levels == 4 ? 34 :
			    levels == 3 ? 24 : 20,
	};
	find_swap_layout(rules, mode, version);
	find_special_types(kernel, rules);
	rules->cache_known = read_cache_table(kernel, rules) ||
			     guess_cache_table(version, rules);
}
