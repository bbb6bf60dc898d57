/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entries of x86 page tables: flags, cache types, and the formats that Linux uses for entries
 * that are not present. */
#include "arch/x86/x86.h"
#include "arch/x86/x86_members.h"

enum {
	BIT_PSE = 7, /* in entries of the last level, this bit is the PAT bit */
	BIT_PAT_LARGE = 12,
};

/* Bits 13 to 56 have no names, because most of them are bits of an address. */
#define NAMED_BITS (UINT64_C(0x1fff) | ~UINT64_C(0) << 57)

/* The names of the bits, from SDM vol. 3A, 4.5. The bits for software have only numbers, as in
 * arch/x86/include/asm/pgtable_types.h, because each release uses them differently. */
static const char *const bit_names[64] = {
	[0] = "PRESENT",  [1] = "RW",	   [2] = "USER",   [3] = "PWT",	    [4] = "PCD",
	[5] = "ACCESSED", [6] = "DIRTY",   [7] = "PSE",	   [8] = "GLOBAL",  [9] = "SOFTW1",
	[10] = "SOFTW2",  [11] = "SOFTW3", [12] = "PAT",   [57] = "SOFTW4", [58] = "SOFTW5",
	[59] = "PKEY0",	  [60] = "PKEY1",  [61] = "PKEY2", [62] = "PKEY3",  [63] = "NX",
};

struct entry_flags x86_entry_flags(const struct entry_rules *rules, const struct paging *paging,
				   unsigned int level, uint64_t entry)
{
	/* No initializer, because the struct is large and only the first nr names are used. */
	struct entry_flags flags;
	bool last = level == paging->nr_levels - 1u;
	uint64_t bits = entry & NAMED_BITS;

	_Static_assert(__builtin_popcountll(NAMED_BITS) < MAX_ENTRY_FLAGS, "all names have room");
	flags.nr = 0;
	if (!(entry & ENTRY_PRESENT)) {
		/* If an entry is not present, its bits are flags only if it is a PROT_NONE
		 * entry. */
		if (x86_describe_entry(rules, paging, level, entry).kind != ENTRY_PROT_NONE)
			return flags;
		bits &= ~rules->prot_none_bit;
	}
	if (last || !(entry & ENTRY_LARGE))
		bits &= ~(UINT64_C(1) << BIT_PAT_LARGE);
	for (; bits; bits &= bits - 1) {
		unsigned int bit = (unsigned int)__builtin_ctzll(bits);

		flags.name[flags.nr++] = last && bit == BIT_PSE ? "PAT" : bit_names[bit];
	}
	if (!(entry & ENTRY_PRESENT))
		flags.name[flags.nr++] = "PROTNONE";
	return flags;
}

static void x86_entry_describe_page(const struct entry_rules *rules, const struct paging *paging,
				    unsigned int level, uint64_t entry,
				    struct entry_meaning *meaning)
{
	const struct paging_family *family = paging->family;

	meaning->has_physical = true;
	entry &= ~rules->encrypt_mask;
	if (entry_class(family, paging, level, entry) == CLASS_CORRUPT)
		meaning->doubt = "it has a bit set that must be 0";
	if (!entry_is_page(family, paging, level, entry)) {
		meaning->kind = ENTRY_TABLE;
		meaning->physical = entry_table(family, paging, entry);
		return;
	}
	meaning->kind = ENTRY_PAGE;
	meaning->physical = entry_page(family, paging, level, entry);
	meaning->has_cache = rules->cache_known;
	meaning->cache = rules->cache[entry_cache_index(paging, level, entry)];
}

/* Restores the frame of an entry that the L1TF mitigation inverted:
 * arch/x86/include/asm/pgtable-invert.h. The mitigation inverts the frame bits of entries that are
 * not present, so that their frames are outside memory. The bits that it inverts are the bits of
 * __PHYSICAL_MASK. This mask has 52 bits, or 44 to 48 bits in older kernels and in some
 * configurations. No memory has an address with the highest bit of the mask set. Therefore, in an
 * inverted entry, the highest bit that is set shows how many bits the mask has. Returns false if
 * the frame is not inverted. */
static bool undo_inversion(uint64_t frame_mask, uint64_t entry, uint64_t *restored)
{
	enum { LEAST_BITS = 44, SURE_BITS = 49 };
	uint64_t frame = entry & frame_mask;
	unsigned int bits;

	if (!(frame >> (LEAST_BITS - 1)))
		return false;
	bits = 64u - (unsigned int)__builtin_clzll(frame);
	*restored = entry ^ (frame_mask & (UINT64_MAX >> (64 - bits)));
	/* The restored frame must be below 256T, or below 8T if the mask is narrow. */
	return (*restored & frame_mask) >> (bits >= SURE_BITS ? SURE_BITS - 1 : LEAST_BITS - 1) ==
	       0;
}

/* Is the frame of a PROT_NONE entry inverted? Even a kernel that inverts frames may have entries
 * that are not inverted: kfence_protect_page() (arch/x86/include/asm/kfence.h, 5.12) only clears
 * the present bit of a kernel page; since b505f1944535 (6.19) it also inverts the frame. A release
 * before 4.18 inverts frames only if it has a backport of the mitigation. Therefore the answer
 * depends on memory: either the plain frame or the restored frame, but not both, should exist.
 * `restored` is NULL if the frame cannot be an inverted frame. If the answer is UNSURE, *doubt gets
 * the reason. */
static enum certainty frame_is_inverted(const struct entry_rules *rules, uint64_t frame_mask,
					uint64_t entry, const uint64_t *restored,
					const char **doubt)
{
	uint64_t plain = entry & frame_mask;
	bool fits = plain <= rules->last_memory;
	bool restored_fits = restored && (*restored & frame_mask) <= rules->last_memory;

	*doubt =
		"neither the frame nor its inversion is in memory, and this kernel inverts the frames of pages without access";
	if (plain >> 48) /* the plain frame is above all memory and all devices */
		return restored ? YES : UNSURE;
	*doubt = "both the frame and its inversion are in memory";
	if (fits && restored_fits)
		return UNSURE;
	*doubt =
		"the frame is in memory without inversion, but this kernel inverts the frames of pages without access";
	/* If the mask is narrow, the plain frame may be the inverted frame of a device just below
	 * 64T. */
	if (fits)
		return rules->inverted == YES && rules->narrow_mask ? UNSURE : NO;
	*doubt =
		"the frame is not inverted, but this kernel inverts the frames of pages without access";
	if (rules->inverted == YES)
		return restored ? YES : UNSURE;
	*doubt = "the frame is inverted, but this kernel does not invert frames";
	if (restored_fits) /* the plain frame may also be a device at a high address */
		return rules->inverted == NO ? UNSURE : YES;
	*doubt =
		"the frame is not in memory, and it is not known whether this kernel inverts the frames of pages without access";
	return rules->inverted;
}

static void describe_prot_none(const struct entry_rules *rules, const struct paging *paging,
			       unsigned int level, uint64_t entry, struct entry_meaning *meaning)
{
	uint64_t frame_mask = paging->frame_mask & ~rules->encrypt_mask;
	uint64_t restored = 0;
	const char *doubt;
	bool has_restored = paging->nr_levels > 2 && undo_inversion(frame_mask, entry, &restored);
	enum certainty inverted = frame_is_inverted(rules, frame_mask, entry,
						    has_restored ? &restored : NULL, &doubt);

	meaning->kind = ENTRY_PROT_NONE;
	if (inverted == UNSURE) {
		meaning->doubt = doubt;
		return;
	}
	if (inverted == YES)
		entry = restored;
	entry &= ~rules->encrypt_mask;
	meaning->has_physical = true;
	meaning->physical = entry_page(paging->family, paging, level, entry);
}

const struct swap_layout x86_inverted_swap = { { 59, 5, false }, { 9, 50, true } };

/* Is the offset of a swap entry inverted? The entry itself shows this, because no offset is so
 * large that it uses the topmost bits. Therefore these bits are all ones in an inverted entry, and
 * all zeros in a plain entry. With PAE, offsets have 27 bits, and a plain entry uses only the high
 * word. */
static enum certainty swap_is_inverted(const struct entry_rules *rules, const struct paging *paging,
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

/* Can the entry have this layout? Its offset is known not to be inverted. The bits below and
 * between the fields must be 0. Three bits are exceptions: the soft-dirty bit (bit 7,
 * 179ef71cbc08), and two bits that a Knights Landing CPU may set by mistake. */
static bool swap_fits(const struct entry_rules *rules, const struct swap_layout *layout,
		      uint64_t entry)
{
	const struct entry_field *type = &layout->type;
	unsigned int type_end = type->shift + type->bits;
	uint64_t unused = ((UINT64_C(1) << type->shift) - 1) |
			  ((UINT64_C(1) << layout->offset.shift) - (UINT64_C(1) << type_end));
	uint64_t set_anyhow = ENTRY_LARGE | ENTRY_ACCESSED | ENTRY_DIRTY;
	uint64_t number = entry_field_value(type, entry);
	uint64_t offset = entry_field_value(&layout->offset, entry);

	if ((entry & unused & ~set_anyhow) || !offset)
		return false;
	if (!rules->nr_areas)
		return true;
	if (number < rules->nr_areas)
		return offset < rules->swap_end[number];
	/* The type is above the types of swap areas: hwpoison or migration. The offset is then a
	 * frame. */
	return offset <= rules->last_memory >> 12;
}

/* Returns the layout of a swap entry whose offset is not inverted. If the layout is unknown,
 * returns NULL, and sets *doubt to the reason. */
static const struct swap_layout *swap_layout_of(const struct entry_rules *rules, uint64_t entry,
						const char **doubt)
{
	bool fits, later_fits;

	*doubt = "the offset is not inverted, but this kernel inverts offsets";
	if (rules->inverted == YES)
		return NULL;
	*doubt = "the layout of swap entries depends on the kernel's release, which is not known";
	if (!rules->swap_known)
		return NULL;
	if (!rules->swap_doubtful)
		return &rules->swap;
	fits = swap_fits(rules, &rules->swap, entry);
	later_fits = swap_fits(rules, &rules->later_swap, entry);
	*doubt =
		fits ? "the entry fits the layouts of Linux 2.6.28 and of 4.8, and a distribution's kernel may use either of them" :
		       "the entry fits neither the layout of Linux 2.6.28 nor the layout of 4.8";
	if (fits == later_fits)
		return NULL;
	return fits ? &rules->swap : &rules->later_swap;
}

static const struct swap_layout *x86_entry_find_layout(const struct entry_rules *rules,
						       const struct paging *paging, uint64_t entry,
						       const char **doubt)
{
	enum certainty inverted = swap_is_inverted(rules, paging, entry);
	const struct swap_layout *layout;

	if (inverted == NO) {
		layout = swap_layout_of(rules, entry, doubt);
		if (layout)
			*doubt = NULL;
		return layout;
	}
	*doubt =
		inverted == UNSURE ?
			"the top bits of the offset are neither all ones (inverted) nor all zeros (not inverted)" :
		rules->inverted == NO ?
			"the offset is inverted, but no symbol shows that this kernel inverts offsets" :
			NULL;
	return inverted == YES ? &x86_inverted_swap : NULL;
}

/* Does the entry belong to a page that the kernel itself unmapped? The frame of such an entry is
 * inverted. The topmost bits of such an entry are not all ones; in an inverted swap entry they are.
 * For example, the lower half of efi_mm's table maps memory 1:1 for EFI, and the kernel unmaps the
 * firmware's boot services there: kernel_unmap_pages_in_pgd(), arch/x86/mm/pat/set_memory.c. */
static bool is_unmapped_page(const struct entry_rules *rules, const struct paging *paging,
			     uint64_t entry)
{
	uint64_t frame_mask = paging->frame_mask & ~rules->encrypt_mask;
	uint64_t restored;

	return rules->inverted == YES && swap_is_inverted(rules, paging, entry) == NO &&
	       undo_inversion(frame_mask, entry, &restored) &&
	       (restored & frame_mask) <= rules->last_memory;
}

static void describe_swap(const struct entry_rules *rules, const struct paging *paging,
			  uint64_t entry, struct entry_meaning *meaning)
{
	const struct swap_layout *layout =
		x86_entry_find_layout(rules, paging, entry, &meaning->doubt);

	meaning->kind = ENTRY_SPECIAL;
	if (!layout && is_unmapped_page(rules, paging, entry)) {
		meaning->unmapped = true;
		meaning->doubt =
			"the frame is inverted, as in the entry of a page that the kernel itself unmapped";
	}
	if (!layout)
		return;
	entry_describe_swap(rules, layout, entry, 12, meaning);
}

/* Does the entry belong to a page of a nonlinear mapping? Such an entry has the flag _PAGE_FILE
 * (bit 6). Instead of a frame it contains the page's number in the file (with PAE, in the high
 * word). With the L1TF mitigation on x86-64, 46 bits of this number are inverted. The flag is then
 * still bit 6 in RHEL 6, but bit 4 in RHEL 7, because Knights Landing CPUs may set bits 5 and 6 by
 * mistake (pgtable_types.h, pgtable_64.h). If the number is not inverted, the flag is bit 6, even
 * in RHEL 7.3, because only Knights Landing CPUs set this bit by mistake. */
static bool is_nonlinear(const struct entry_rules *rules, const struct paging *paging,
			 uint64_t entry)
{
	uint64_t restored;

	if (!rules->has_nonlinear || (entry & rules->prot_none_bit))
		return false;
	if (paging->nr_levels == 2)
		return entry & ENTRY_DIRTY;
	if (!(entry & (ENTRY_DIRTY | ENTRY_UNCACHED)) ||
	    swap_is_inverted(rules, paging, entry) == YES)
		return false;
	if (paging->nr_levels == 3 || undo_inversion(paging->frame_mask, entry, &restored))
		return true;
	if (entry == ENTRY_DIRTY && rules->swap_doubtful)
		return false; /* the dirty bit alone may also be an empty entry */
	return (entry & ENTRY_DIRTY) && rules->inverted != YES;
}

/* Is the entry empty? A Knights Landing CPU may set the accessed and dirty bits of an empty entry
 * by mistake. Linux ignores these bits since 4.8 and in RHEL 7.3: _PAGE_KNL_ERRATUM_MASK, on x86-64
 * and PAE (pgtable_types.h). But if nonlinear mappings exist, the dirty bit alone can mean page 0
 * of such a mapping, unless the kernel inverts page numbers. */
static bool is_empty(const struct entry_rules *rules, const struct paging *paging, bool last,
		     uint64_t entry)
{
	if (paging->nr_levels == 2)
		return entry == 0;
	if (entry == ENTRY_DIRTY && last && rules->has_nonlinear)
		return rules->inverted == YES;
	return !(entry & ~(uint64_t)(ENTRY_ACCESSED | ENTRY_DIRTY));
}

struct entry_meaning x86_describe_entry(const struct entry_rules *rules,
					const struct paging *paging, unsigned int level,
					uint64_t entry)
{
	struct entry_meaning meaning = { .kind = ENTRY_EMPTY };
	bool last = level == paging->nr_levels - 1u;

	if (entry & ENTRY_PRESENT)
		x86_entry_describe_page(rules, paging, level, entry, &meaning);
	else if (is_empty(rules, paging, last, entry))
		meaning.kind = ENTRY_EMPTY;
	else if (last && is_nonlinear(rules, paging, entry))
		meaning.kind = ENTRY_NONLINEAR;
	/* In entries above the last level, bit 7 is clear in swap entries. If bit 7 is set and the
	 * present bit is not, pmd_present() considers the entry a large page that is being split or
	 * is PROT_NONE. */
	else if (last ? (entry & rules->prot_none_bit) != 0 : (entry & ENTRY_LARGE) != 0)
		describe_prot_none(rules, paging, level, entry, &meaning);
	else
		describe_swap(rules, paging, entry, &meaning);
	return meaning;
}

/* --- the rules of entries --- */

/* Finds the rules for this kernel's page table entries from symbols, types and swap areas. If these
 * are not sufficient, the rules are found from the release. */

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
