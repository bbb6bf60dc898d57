/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of x86 page tables: flags, cache types, Linux's use of absent entries. */
#include "arch/x86.h"
#include "paging/family.h"
#include "vmlinux/symbols.h"

enum {
	BIT_PSE = 7, /* PAT in an entry of the last level */
	BIT_PAT_LARGE = 12,
};

enum { NR_SWAP_TYPES = 32 }; /* MAX_SWAPFILES_SHIFT 5, include/linux/swap.h */

/* SDM vol. 3A, 4.5. Software bits are numbered as in
 * arch/x86/include/asm/pgtable_types.h; their use changes from release to release. */
static const char *const bit_names[64] = {
	[0] = "PRESENT", [1] = "RW",	   [2] = "USER",    [3] = "PWT",
	[4] = "PCD",	 [5] = "ACCESSED", [6] = "DIRTY",   [8] = "GLOBAL",
	[9] = "SOFTW1",	 [10] = "SOFTW2",  [11] = "SOFTW3", [57] = "SOFTW4",
	[58] = "SOFTW5", [59] = "PKEY0",   [60] = "PKEY1",  [61] = "PKEY2",
	[62] = "PKEY3",	 [63] = "NX",
};

static const char *bit_name(const struct paging *paging, unsigned int level,
			    uint64_t entry, unsigned int bit)
{
	bool last = level == paging->nr_levels - 1u;

	if (bit == BIT_PSE)
		return last ? "PAT" : "PSE";
	if (bit == BIT_PAT_LARGE)
		return !last && (entry & ENTRY_LARGE) ? "PAT" : NULL;
	return bit_names[bit];
}

struct entry_flags x86_entry_flags(const struct entry_rules *rules,
				   const struct paging *paging,
				   unsigned int level, uint64_t entry)
{
	struct entry_flags flags = { .nr = 0 };
	uint64_t bits = entry;

	if (!(entry & ENTRY_PRESENT)) {
		/* Of entries that are not present only PROT_NONE has flags. */
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
	if (!x86_maps_page(paging, level, entry)) {
		meaning->physical = entry & paging->frame_mask;
		return;
	}
	meaning->physical = paging->family->code->page(paging, level, entry);
	meaning->has_cache = rules->cache_known;
	meaning->cache = rules->cache[paging->family->cache_index(paging, level, entry)];
}

/* The L1TF mitigation inverts the frame bits of what is not present, so that
 * they name memory that does not exist: arch/x86/include/asm/pgtable-invert.h.
 * The inverted bits are those of __PHYSICAL_MASK: 52, or 44 to 48 in older kernels and
 * by configuration. No memory is that high, so the highest bit set is the highest of the
 * mask. False: no inverted frame. */
static bool undo_inversion(uint64_t frame_mask, uint64_t entry,
			   uint64_t *restored)
{
	enum { LEAST_BITS = 44, SURE_BITS = 49 };
	uint64_t frame = entry & frame_mask;
	unsigned int bits;

	if (!(frame >> (LEAST_BITS - 1)))
		return false;
	bits = 64u - (unsigned int)__builtin_clzll(frame);
	*restored = entry ^ (frame_mask & (UINT64_MAX >> (64 - bits)));
	/* Frames below 256T, in a narrow mask below 8T. */
	return (*restored & frame_mask) >>
		       (bits >= SURE_BITS ? SURE_BITS - 1 : LEAST_BITS - 1) ==
	       0;
}

/* Is the frame of a PROT_NONE entry inverted? A kernel that inverts does not invert all
 * of them: kfence_protect_page() only clears the present bit of a kernel
 * page (arch/x86/include/asm/kfence.h, 5.12; it inverts since b505f1944535,
 * 6.19), and releases before 4.18 invert if the mitigation was backported. So
 * memory decides: one of the two frames, plain and restored, exists. */
static enum certainty frame_is_inverted(const struct entry_rules *rules,
					uint64_t frame_mask, uint64_t entry,
					bool has_restored, uint64_t restored)
{
	uint64_t plain = entry & frame_mask;
	bool fits = plain <= rules->last_memory;
	bool restored_fits = has_restored &&
			     (restored & frame_mask) <= rules->last_memory;

	if (plain >> 48) /* above all memory and devices */
		return has_restored ? YES : UNSURE;
	if (fits && restored_fits)
		return UNSURE;
	/* With a narrow mask the last devices below 64T look like memory. */
	if (fits)
		return rules->inverted == YES && rules->narrow_mask ? UNSURE :
								      NO;
	if (rules->inverted == YES)
		return has_restored ? YES : UNSURE;
	if (restored_fits) /* or a device near the top, if the kernel does not invert */
		return rules->inverted == NO ? UNSURE : YES;
	return rules->inverted;
}

static void describe_prot_none(const struct entry_rules *rules,
			       const struct paging *paging, unsigned int level,
			       uint64_t entry, struct entry_meaning *meaning)
{
	uint64_t frame_mask = paging->frame_mask & ~rules->encrypt_mask;
	uint64_t restored = 0;
	bool has_restored = paging->nr_levels > 2 &&
			    undo_inversion(frame_mask, entry, &restored);
	enum certainty inverted = frame_is_inverted(rules, frame_mask, entry,
						    has_restored, restored);

	meaning->kind = ENTRY_PROT_NONE;
	if (inverted == UNSURE)
		return;
	if (inverted == YES)
		entry = restored;
	entry &= ~rules->encrypt_mask;
	meaning->has_physical = true;
	meaning->physical = paging->family->code->page(paging, level, entry);
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
	const struct {
		uint8_t nr;
		enum entry_kind kind;
	} kinds[] = {
		{ special->markers, ENTRY_MARKER },
		{ special->devices, ENTRY_DEVICE },
		{ special->migrations, ENTRY_MIGRATION },
		{ special->hwpoisons, ENTRY_HWPOISON },
	};
	unsigned int from_top = NR_SWAP_TYPES - 1u - (unsigned int)type;

	if (!rules->special_known)
		return from_top < MOST_SPECIAL_TYPES ? ENTRY_SPECIAL :
						       ENTRY_SWAPPED;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (from_top < kinds[i].nr)
			return kinds[i].kind;
		from_top -= kinds[i].nr;
	}
	return ENTRY_SWAPPED;
}

/* x86-64 and PAE with inversion: pgtable_64.h, pgtable-3level.h since 4.18.1. */
static const struct entry_field inverted_type = { 59, 5, false };
static const struct entry_field inverted_offset = { 9, 50, true };

/* A swap entry shows by itself whether its offset is inverted: no offset uses the
 * topmost bits, so they are all ones or all zeros. PAE's offsets have 27 bits; without
 * inversion the entry is in the high word alone. */
static enum certainty swap_is_inverted(const struct entry_rules *rules,
				       const struct paging *paging,
				       uint64_t entry)
{
	bool pae = paging->nr_levels == 3;
	uint64_t top = pae   ? UINT64_C(0x7fffff) << 36 : /* bits 58:36 */
			       UINT64_C(0x3f) << 53; /* 58:53 */
	bool inverted = (entry & top) == top;
	bool plain = pae ? (uint32_t)entry == 0 : (entry & top) == 0;

	if (paging->nr_levels == 2)
		return NO;
	if (inverted && plain)
		return rules->inverted;
	return inverted ? YES : plain ? NO : UNSURE;
}

static void describe_swap(const struct entry_rules *rules,
			  const struct paging *paging, uint64_t entry,
			  struct entry_meaning *meaning)
{
	enum certainty inverted = swap_is_inverted(rules, paging, entry);
	const struct entry_field *type = &rules->swap_type;
	const struct entry_field *offset = &rules->swap_offset;

	meaning->kind = ENTRY_SPECIAL;
	if (inverted == YES) {
		type = &inverted_type;
		offset = &inverted_offset;
	} else if (inverted == UNSURE || !rules->swap_known ||
		   rules->inverted == YES) {
		return; /* it is unknown where the entry keeps them */
	}
	meaning->has_swap = true;
	meaning->swap_type = field_value(type, entry);
	meaning->swap_offset = field_value(offset, entry);
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

	/* Knights Landing may set these two in an empty entry: since 4.8
	 * _PAGE_KNL_ERRATUM_MASK, on x86-64 and PAE (pgtable_types.h). */
	if (paging->nr_levels > 2)
		none &= ~(uint64_t)(ENTRY_ACCESSED | ENTRY_DIRTY);
	if (entry & ENTRY_PRESENT)
		describe_page(rules, paging, level, entry, &meaning);
	else if (last && (entry & rules->nonlinear_bit) &&
		 !(entry & rules->prot_none_bit))
		meaning.kind = ENTRY_NONLINEAR;
	else if (none == 0)
		meaning.kind = ENTRY_EMPTY;
	/* pmd_present() takes a large entry without its present bit for a page
	 * that is being split or is PROT_NONE; swap entries keep bit 7 clear. */
	else if (last ? (entry & rules->prot_none_bit) != 0 :
			(entry & ENTRY_LARGE) != 0)
		describe_prot_none(rules, paging, level, entry, &meaning);
	else
		describe_swap(rules, paging, entry, &meaning);
	return meaning;
}

/* Kernels since 4.19 invert (6b28baca9b1f). Older ones may have the mitigation as a
 * backport without l1tf_mitigation, KVM's part of it (4.4.155); cpu_show_l1tf, the
 * report in sysfs, came with the inversion. */
static enum certainty find_inverted(struct kernel *kernel,
				    enum kernel_mode mode)
{
	if (mode == MODE_I386)
		return NO;
	if (kernel_version(kernel) >= 0x041300 ||
	    kernel_has_symbol(kernel, "l1tf_mitigation") == YES)
		return YES;
	return kernel_has_symbol(kernel, "cpu_show_l1tf");
}

/* arch/x86/include/asm/pgtable_64.h, pgtable-2level.h, pgtable-3level.h, each
 * in the releases named. If it is unknown whether the kernel inverts, this is the
 * layout without: entries show by themselves that they are inverted. */
static void find_swap_layout(struct entry_rules *rules, enum kernel_mode mode,
			     unsigned int version)
{
	static const struct {
		enum kernel_mode mode;
		unsigned int since; /* the newest of a mode first */
		struct entry_field type, offset;
	} layouts[] = {
		{ MODE_I386, 0x02061c, { 1, 5, false }, { 9, 23, false } },
		{ MODE_I386, 1, { 1, 5, false }, { 8, 24, false } },
		/* the high word: type, then offset */
		{ MODE_PAE, 1, { 32, 5, false }, { 37, 27, false } },
		/* eee4818baac0, 00839ee3b299 */
		{ MODE_X86_64, 0x040e00, { 9, 5, false }, { 14, 50, false } },
		{ MODE_X86_64, 0x040800, { 9, 5, false }, { 15, 49, false } },
		{ MODE_X86_64, 0x02061c, { 1, 5, false }, { 9, 55, false } },
		{ MODE_X86_64, 1, { 1, 6, false }, { 8, 56, false } },
	};
	size_t i = 0;

	if (rules->inverted == YES) {
		rules->swap_type = inverted_type;
		rules->swap_offset = inverted_offset;
	} else if (version) {
		while (layouts[i].mode != mode || layouts[i].since > version)
			i++;
		rules->swap_type = layouts[i].type;
		rules->swap_offset = layouts[i].offset;
	}
	rules->swap_known = rules->inverted == YES || version;
}

/* How many of both are markers: there are no device types, or three, or four. */
static uint8_t nr_markers(unsigned int both)
{
	enum { MOST_MARKERS = 2, MOST_DEVICES = 4 };

	if (both <= MOST_MARKERS)
		return (uint8_t)both;
	return both == MOST_MARKERS + MOST_DEVICES ? MOST_MARKERS : 1;
}

/* The number of swap types reserved for special entries depends on the configuration.
 * The length of swap_info[MAX_SWAPFILES] tells their sum, symbols and the release the
 * parts: two migration types, three since 5.19 (6c287605fd56); no markers before 5.19
 * and one or two since; two device types, four since 5.14, three since 6.14. */
static void find_special_types(struct kernel *kernel,
			       struct entry_rules *rules)
{
	struct special_types *special = &rules->special;
	unsigned int version = kernel_version(kernel), rest;
	struct symbol swap_info;

	if (!version || !kernel_linked_symbol(kernel, "swap_info", &swap_info))
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
		special->markers = nr_markers(rest);
	special->devices = (uint8_t)(rest - special->markers);
	rules->special_known = special->devices <= 4;
}

/* arch/x86/mm/init.c, 3.19: the PAT MSR as enum page_cache_mode. */
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
	static const uint8_t pfn_bits[MAX_LEVELS + 1] = {
		[2] = 20, [3] = 24, [4] = 34, [5] = 40
	};
	unsigned int version = kernel_version(kernel);
	uint64_t mode = MODE_X86_64, levels = 4, encrypt_mask;
	bool has_nonlinear = version && version < 0x040000;

	kernel_fact(kernel, FACT_MODE, &mode);
	kernel_fact(kernel, FACT_LEVELS, &levels);
	if (!kernel_fact(kernel, FACT_SME_MASK, &encrypt_mask))
		encrypt_mask = 0;
	*rules = (struct entry_rules){
		.encrypt_mask = encrypt_mask,
		/* _PAGE_PROTNONE moved from PSE to GLOBAL in 2.6.28. */
		.prot_none_bit = version && version < 0x02061c ? ENTRY_LARGE :
								 ENTRY_GLOBAL,
		/* _PAGE_FILE, gone with 4.0 (0a1913620583). */
		.nonlinear_bit = has_nonlinear ? ENTRY_DIRTY : 0,
		.inverted = find_inverted(kernel, mode),
		/* __PHYSICAL_MASK_SHIFT is 52 since 4.17 (b83ce5ee9147), with PAE
		 * since the mitigation (b0a182f87568), before that 46. */
		.narrow_mask = version && version < 0x041100,
		.last_memory = dump_last_paddr(kernel->dump),
		/* MAX_PHYSMEM_BITS - PAGE_SHIFT: above the frame number newer
		 * kernels keep the accessed and dirty bit. */
		.pfn_bits = pfn_bits[levels],
	};
	find_swap_layout(rules, mode, version);
	find_special_types(kernel, rules);
	rules->cache_known = read_cache_table(kernel, rules) ||
			     guess_cache_table(version, rules);
}
