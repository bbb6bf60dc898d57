/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What entries say, by the rules of each era, and which rules a kernel of each
 * release gets. Rules are written down here as the kernel's headers of that
 * release have them; entries are taken from real kernels or put together by hand
 * from those headers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "image.h"
#include "kernel/arch.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "open/archs.h"
#include "open/open.h"
#include "open/opened.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

enum { PTE_4 = 3, PMD_4 = 2, PUD_4 = 1, PTE_3 = 2, PMD_3 = 1, PTE_2 = 1, PGD_2 = 0 };

/* The PAT MSR as kernels since 4.2 set it. */
#define CACHE_SINCE_4_2                                                                            \
	.cache_known = true, .cache = { CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC,              \
					CACHE_WB, CACHE_WP, CACHE_UC_MINUS, CACHE_WT }

/* x86-64 since 4.18.1: arch/x86/include/asm/pgtable_64.h. Type in 63:59, the
 * offset inverted in 58:9; 6.1: one marker, three migration types, hwpoison. */
static const struct entry_rules since_l1tf = {
	.prot_none_bit = 1 << 8,
	.inverted = YES,
	.swap_known = true,
	.swap = { { 59, 5, false }, { 9, 50, true } },
	.special_known = true,
	.special = { .markers = 1, .devices = 4, .migrations = 3, .hwpoisons = 1 },
	.pfn_bits = 34,
	CACHE_SINCE_4_2,
};

/* x86-64, 4.14 to 4.18: type in 13:9, offset from bit 14. */
static const struct entry_rules since_4_14 = {
	.prot_none_bit = 1 << 8,
	.inverted = NO,
	.swap_known = true,
	.swap = { { 9, 5, false }, { 14, 50, false } },
	.special_known = true,
	.special = { .migrations = 2, .hwpoisons = 1 },
	.pfn_bits = 34,
	CACHE_SINCE_4_2,
};

/* x86-64 before 2.6.28: PROT_NONE is bit 7, type in 6:1, offset from bit 8. */
static const struct entry_rules before_2_6_28 = {
	.prot_none_bit = 1 << 7,
	.inverted = NO,
	.swap_known = true,
	.swap = { { 1, 6, false }, { 8, 56, false } },
	.special_known = true,
	.special = { .migrations = 2 },
	.pfn_bits = 34,
};

/* x86-64 from 2.6.28 to 3.19: type in 5:1, pages of a file have bit 6. */
static const struct entry_rules before_4_0 = {
	.prot_none_bit = 1 << 8,
	.has_nonlinear = true,
	.inverted = NO,
	.narrow_mask = true,
	.last_memory = UINT64_C(0x23fffffff),
	.swap_known = true,
	.swap = { { 1, 5, false }, { 9, 55, false } },
	.pfn_bits = 34,
};

/* i386 with two levels since 2.6.28: type in 5:1, offset from bit 9. */
static const struct entry_rules two_levels = {
	.prot_none_bit = 1 << 8,
	.inverted = NO,
	.swap_known = true,
	.swap = { { 1, 5, false }, { 9, 23, false } },
	.special_known = true,
	.special = { .migrations = 2, .hwpoisons = 1 },
	.pfn_bits = 20,
	CACHE_SINCE_4_2,
};

/* PAE before L1TF: pgtable-3level.h, all of it in the high word. */
static const struct entry_rules old_pae = {
	.prot_none_bit = 1 << 8,
	.inverted = NO,
	.swap_known = true,
	.swap = { { 32, 5, false }, { 37, 27, false } },
	.special_known = true,
	.special = { .migrations = 2, .hwpoisons = 1 },
	.pfn_bits = 24,
};

static const struct paging *four(void)
{
	return arch_x86_64.paging(MODE_X86_64, 4);
}

static const struct paging *pae(void)
{
	return arch_i386.paging(MODE_PAE, 3);
}

static const struct paging *two(void)
{
	return arch_i386.paging(MODE_I386, 2);
}

static struct entry_meaning describe(const struct entry_rules *rules, const struct paging *paging,
				     unsigned int level, uint64_t entry, enum entry_kind kind)
{
	const struct arch *arch = paging == four() ? &arch_x86_64 : &arch_i386;
	struct entry_meaning meaning = arch->describe_entry(rules, paging, level, entry);

	if (meaning.kind != kind)
		fail_msg("%llx is %s, not %s", (unsigned long long)entry,
			 entry_kind_names[meaning.kind], entry_kind_names[kind]);
	return meaning;
}

static void expect_page(const struct entry_rules *rules, const struct paging *paging,
			unsigned int level, uint64_t entry, enum entry_kind kind, uint64_t physical)
{
	struct entry_meaning meaning = describe(rules, paging, level, entry, kind);

	assert_true(meaning.has_physical);
	if (meaning.physical != physical)
		fail_msg("%llx is at %llx", (unsigned long long)entry,
			 (unsigned long long)meaning.physical);
}

static void expect_swap(const struct entry_rules *rules, const struct paging *paging,
			uint64_t entry, enum entry_kind kind, uint64_t type, uint64_t offset)
{
	struct entry_meaning meaning = describe(rules, paging, paging->nr_levels - 1u, entry, kind);

	assert_true(meaning.has_swap);
	if (meaning.swap_type != type || meaning.swap_offset != offset)
		fail_msg("%llx is type %llu, offset %llu", (unsigned long long)entry,
			 (unsigned long long)meaning.swap_type,
			 (unsigned long long)meaning.swap_offset);
	assert_false(meaning.has_cache);
}

static void expect_cache(const struct entry_rules *rules, const struct paging *paging,
			 unsigned int level, uint64_t entry, enum cache_type cache)
{
	struct entry_meaning meaning = describe(rules, paging, level, entry, ENTRY_PAGE);

	assert_true(meaning.has_cache);
	assert_int_equal(meaning.cache, cache);
}

/* The flags' names in one text. */
static void expect_flags(const struct entry_rules *rules, const struct paging *paging,
			 unsigned int level, uint64_t entry, const char *expected)
{
	const struct arch *arch = paging == four() ? &arch_x86_64 : &arch_i386;
	struct entry_flags flags = arch->entry_flags(rules, paging, level, entry);
	char text[512] = "";

	for (unsigned int i = 0; i < flags.nr; i++) {
		if (i)
			strcat(text, "|");
		strcat(text, flags.name[i]);
	}
	assert_string_equal(text, expected);
}

/* --- present --- */

static void pages_and_tables(void **state)
{
	(void)state;
	expect_page(&since_l1tf, four(), PTE_4, 0x800000006789a163, ENTRY_PAGE, 0x6789a000);
	expect_page(&since_l1tf, four(), PMD_4, 0x80000001ffe011e3, ENTRY_PAGE, 0x1ffe00000);
	expect_page(&since_l1tf, four(), PUD_4, 0x80000003c00010e3, ENTRY_PAGE, 0x3c0000000);
	expect_page(&since_l1tf, pae(), PMD_3, 0x80000001234010e3, ENTRY_PAGE, 0x123400000);
	/* PSE-36: 20:13 are frame bits 39:32. */
	expect_page(&two_levels, two(), PGD_2, 0x3744b0e3, ENTRY_PAGE, 0x2537400000);
	expect_page(&two_levels, two(), PTE_2, 0xfedcb067, ENTRY_PAGE, 0xfedcb000);
	/* An entry that names a table says no cache type of a page. */
	expect_page(&since_l1tf, four(), PMD_4, 0x0000000004321067, ENTRY_TABLE, 0x4321000);
	assert_false(describe(&since_l1tf, four(), PMD_4, 0x4321067, ENTRY_TABLE).has_cache);
	assert_false(describe(&since_l1tf, four(), PTE_4, 0x4321067, ENTRY_PAGE).has_swap);
}

/* SDM vol. 3A, table 12-11: the entry's PAT, PCD and PWT number the field. */
static void cache_types(void **state)
{
	static const struct {
		uint64_t bits; /* 7 or 12: PAT; 4: PCD; 3: PWT */
		enum cache_type cache;
	} small[] = {
		{ 0x01, CACHE_WB }, { 0x09, CACHE_WC }, { 0x11, CACHE_UC_MINUS },
		{ 0x19, CACHE_UC }, { 0x81, CACHE_WB }, { 0x89, CACHE_WP },
		{ 0x91, CACHE_UC_MINUS }, { 0x99, CACHE_WT },
	}, large[] = {
		{ 0x0081, CACHE_WB }, { 0x0089, CACHE_WC },
		{ 0x0091, CACHE_UC_MINUS }, { 0x0099, CACHE_UC },
		{ 0x1081, CACHE_WB }, { 0x1089, CACHE_WP },
		{ 0x1091, CACHE_UC_MINUS }, { 0x1099, CACHE_WT },
	};

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		expect_cache(&since_l1tf, four(), PTE_4, small[i].bits, small[i].cache);
		expect_cache(&since_l1tf, four(), PMD_4, large[i].bits, large[i].cache);
		expect_cache(&since_l1tf, four(), PUD_4, large[i].bits, large[i].cache);
		expect_cache(&since_l1tf, pae(), PMD_3, large[i].bits, large[i].cache);
		expect_cache(&two_levels, two(), PGD_2, large[i].bits, large[i].cache);
		expect_cache(&two_levels, two(), PTE_2, small[i].bits, small[i].cache);
	}
	assert_false(describe(&before_2_6_28, four(), PTE_4, 1, ENTRY_PAGE).has_cache);
}

static void flags_by_name(void **state)
{
	(void)state;
	expect_flags(&since_l1tf, four(), PTE_4, 0x8000000001c00163,
		     "PRESENT|RW|ACCESSED|DIRTY|GLOBAL|NX");
	expect_flags(&since_l1tf, four(), PTE_4, 0x1c0009f, "PRESENT|RW|USER|PWT|PCD|PAT");
	expect_flags(&since_l1tf, four(), PMD_4, 0x1c010e3, "PRESENT|RW|ACCESSED|DIRTY|PSE|PAT");
	/* Bit 12 is the frame's where the entry names a table or a small page. */
	expect_flags(&since_l1tf, four(), PMD_4, 0x1c01063, "PRESENT|RW|ACCESSED|DIRTY");
	expect_flags(&since_l1tf, four(), PTE_4, 0x1c01061, "PRESENT|ACCESSED|DIRTY");
	expect_flags(&two_levels, two(), PGD_2, 0x1c010e3, "PRESENT|RW|ACCESSED|DIRTY|PSE|PAT");
	/* The bits that software and protection keys have: pgtable_types.h. */
	expect_flags(&since_l1tf, four(), PTE_4, 0xfe00000000000e01,
		     "PRESENT|SOFTW1|SOFTW2|SOFTW3|SOFTW4|SOFTW5|PKEY0|PKEY1|PKEY2|PKEY3|NX");
	expect_flags(
		&since_l1tf, four(), PTE_4, UINT64_MAX,
		"PRESENT|RW|USER|PWT|PCD|ACCESSED|DIRTY|PAT|GLOBAL|SOFTW1|SOFTW2|SOFTW3|SOFTW4|SOFTW5|PKEY0|PKEY1|PKEY2|PKEY3|NX");
	/* The rest of an entry that is no page is a number. */
	expect_flags(&since_l1tf, four(), PTE_4, 0x0ffffffffffffe00, "");
	expect_flags(&since_l1tf, four(), PTE_4, 0, "");
}

/* --- not present, but a page --- */

/* Seen in a 6.1 guest; the frame was confirmed by what stood in it. */
static void prot_none_inverted(void **state)
{
	(void)state;
	expect_page(&since_l1tf, four(), PTE_4, 0x8000fffff5c11120, ENTRY_PROT_NONE, 0xa3ee000);
	/* The frame's bits 51:12 inverted, from frame 0 to that of a device. */
	expect_page(&since_l1tf, four(), PTE_4, 0x000ffffffffff100, ENTRY_PROT_NONE, 0);
	expect_page(&since_l1tf, four(), PTE_4, 0x000fc7fffffff100, ENTRY_PROT_NONE,
		    0x0000380000000000);
	expect_page(&since_l1tf, pae(), PTE_3, 0x800ffffedcba9160, ENTRY_PROT_NONE, 0x123456000);
	expect_flags(&since_l1tf, four(), PTE_4, 0x8000fffff5c11120, "ACCESSED|NX|PROTNONE");
	assert_false(
		describe(&since_l1tf, four(), PTE_4, 0x8000fffff5c11120, ENTRY_PROT_NONE).has_swap);
}

static void prot_none_plain(void **state)
{
	(void)state;
	expect_page(&since_4_14, four(), PTE_4, 0x800000000a3ee120, ENTRY_PROT_NONE, 0xa3ee000);
	expect_page(&old_pae, pae(), PTE_3, 0x8000000123456160, ENTRY_PROT_NONE, 0x123456000);
	/* Two levels have no spare bits: never inverted. */
	expect_page(&two_levels, two(), PTE_2, 0x0a3ee120, ENTRY_PROT_NONE, 0xa3ee000);
	/* Bit 7 before 2.6.28; bit 8 then belonged to the swap offset. */
	expect_page(&before_2_6_28, four(), PTE_4, 0x000000000a3ee0a0, ENTRY_PROT_NONE, 0xa3ee000);
	expect_swap(&before_2_6_28, four(), 0x100, ENTRY_SWAPPED, 0, 1);
}

static void expect_no_page(const struct entry_rules *rules, uint64_t entry)
{
	assert_false(describe(rules, four(), PTE_4, entry, ENTRY_PROT_NONE).has_physical);
}

/*
 * Memory up to 9 GiB. Whatever is known of the kernel, an entry is inverted or
 * not as memory has it; where both frames or neither could be, it is not known.
 */
static void prot_none_by_memory(void **state)
{
	struct entry_rules rules = since_l1tf;

	(void)state;
	rules.last_memory = UINT64_C(0x23fffffff);
	for (enum certainty inverted = UNSURE; inverted <= YES; inverted++) {
		rules.inverted = inverted;
		/* inverted within 52 bits */
		expect_page(&rules, four(), PTE_4, 0x800fffffefffe162, ENTRY_PROT_NONE, 0x10001000);
		/* the present bit cleared in place, as KFENCE does */
		expect_page(&rules, four(), PTE_4, 0x8000000000100162, ENTRY_PROT_NONE, 0x100000);
		expect_page(&rules, four(), PTE_4, 0x800000023ffff162, ENTRY_PROT_NONE,
			    0x23ffff000);
		/* no frame, one way or the other */
		expect_no_page(&rules, 0x800dffffefffe162);
	}
	/* Beyond memory, and too low for an inverted frame. */
	rules.inverted = YES;
	expect_no_page(&rules, 0x8000000240000162);
	rules.inverted = UNSURE;
	expect_no_page(&rules, 0x8000000240000162);
	rules.inverted = NO;
	expect_page(&rules, four(), PTE_4, 0x8000000240000162, ENTRY_PROT_NONE, 0x240000000);
}

/* Before 4.17 46 bits were inverted: devices at their top look like memory. */
static void prot_none_with_a_narrow_mask(void **state)
{
	struct entry_rules rules = before_4_0;

	(void)state;
	for (enum certainty inverted = UNSURE; inverted <= YES; inverted++) {
		rules.inverted = inverted;
		if (inverted == NO)
			expect_no_page(&rules, 0x80003ffff858a120);
		else
			expect_page(&rules, four(), PTE_4, 0x80003ffff858a120, ENTRY_PROT_NONE,
				    0x7a75000);
	}
	/* 00000380000000000, a device, as a kernel that inverts and one that does
	 * not would have it. */
	rules.inverted = YES;
	expect_no_page(&rules, 0x800007fffffff120);
	rules.inverted = NO;
	expect_page(&rules, four(), PTE_4, 0x8000380000000120, ENTRY_PROT_NONE, 0x380000000000);
	/* Such kernels clear no bit in place. */
	rules.inverted = YES;
	expect_no_page(&rules, 0x8000000000100120);
	rules.inverted = UNSURE;
	expect_page(&rules, four(), PTE_4, 0x8000000000100120, ENTRY_PROT_NONE, 0x100000);
	/* With more memory than half of the mask both could be. */
	rules.last_memory = UINT64_C(0x3fffffffffff);
	expect_no_page(&rules, 0x80003ffff858a120);
}

/* AMD's C-bit is in no frame and never inverted; TDX's ends the mask. */
static void prot_none_with_encryption(void **state)
{
	struct entry_rules rules = since_l1tf;

	(void)state;
	rules.last_memory = UINT64_C(0x23fffffff);
	rules.encrypt_mask = UINT64_C(1) << 47;
	expect_page(&rules, four(), PTE_4, 0x800fffffefffe162, ENTRY_PROT_NONE, 0x10001000);
	expect_page(&rules, four(), PTE_4, 0x800f7fffefffe162, ENTRY_PROT_NONE, 0x10001000);
	expect_page(&rules, four(), PTE_4, 0x8000800000100162, ENTRY_PROT_NONE, 0x100000);
	rules.encrypt_mask = UINT64_C(1) << 51;
	expect_page(&rules, four(), PTE_4, 0x8007ffffefffe162, ENTRY_PROT_NONE, 0x10001000);
	expect_page(&rules, four(), PTE_4, 0x800fffffefffe162, ENTRY_PROT_NONE, 0x10001000);
	/* A guest whose addresses have 47 bits. */
	rules.encrypt_mask = UINT64_C(1) << 47;
	expect_page(&rules, four(), PTE_4, 0x80007fffefffe162, ENTRY_PROT_NONE, 0x10001000);
}

/* The highest bit of the frame tells how many bits were inverted: 44 at least, and
 * frames of 49 bits and more have their own bound. */
static void prot_none_of_each_width(void **state)
{
	static const struct {
		unsigned int bits; /* of __PHYSICAL_MASK */
		uint64_t frame;
		bool restored;
	} rows[] = {
		{ 52, 0x1000, true },
		{ 52, 0xfffffffff000, true },
		{ 49, 0x1000, true },
		{ 48, 0x1000, true },
		{ 48, 0x7fffffff000, true },
		{ 44, 0x1000, true },
		{ 44, 0x7fffffff000, true },
		{ 43, 0x1000, false },
		/* frames that no memory has */
		{ 52, UINT64_C(1) << 48, false },
		{ 48, UINT64_C(1) << 43, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t mask = (UINT64_C(1) << rows[i].bits) - 0x1000;
		struct entry_rules rules = since_l1tf;
		uint64_t entry = (~rows[i].frame & mask) | 0x120;

		rules.last_memory = 0xfff;
		rules.narrow_mask = true;
		if (rows[i].restored)
			expect_page(&rules, four(), PTE_4, entry, ENTRY_PROT_NONE, rows[i].frame);
		else
			assert_false(describe(&rules, four(), PTE_4, entry, ENTRY_PROT_NONE)
					     .has_physical);
	}
}

/* pmd_present() is true for PSE alone: a huge page that is PROT_NONE, or is
 * being split. */
static void large_pages_without_access(void **state)
{
	(void)state;
	expect_page(&since_4_14, four(), PMD_4, 0x80000001ffe001e0, ENTRY_PROT_NONE, 0x1ffe00000);
	/* 1ffe00000 with its bits 51:21 inverted. */
	expect_page(&since_l1tf, four(), PMD_4, 0x800ffffe001ff1e0, ENTRY_PROT_NONE, 0x1ffe00000);
	expect_page(&since_l1tf, four(), PMD_4, 0x800ffffe001ff0e0, ENTRY_PROT_NONE, 0x1ffe00000);
}

/* --- not present, and no page --- */

static void empty_entries(void **state)
{
	(void)state;
	describe(&since_l1tf, four(), PTE_4, 0, ENTRY_EMPTY);
	describe(&since_l1tf, four(), 0, 0, ENTRY_EMPTY);
	describe(&since_l1tf, pae(), PTE_3, 0, ENTRY_EMPTY);
	describe(&two_levels, two(), PTE_2, 0, ENTRY_EMPTY);
	/* Knights Landing sets A and D in entries that it must not touch; the
	 * kernel masks them: _PAGE_KNL_ERRATUM_MASK. */
	describe(&since_l1tf, four(), PTE_4, 0x60, ENTRY_EMPTY);
	describe(&since_l1tf, four(), PTE_4, 0x20, ENTRY_EMPTY);
	/* on PAE too, not with two levels */
	describe(&since_l1tf, pae(), PTE_3, 0x60, ENTRY_EMPTY);
	describe(&old_pae, pae(), PMD_3, 0x40, ENTRY_EMPTY);
	describe(&two_levels, two(), PTE_2, 0x220, ENTRY_SWAPPED);
}

/* Type 3, offset 0x12345: (3 << 59) | (~0x12345 << 14 >> 5). */
static void swap_since_l1tf(void **state)
{
	(void)state;
	expect_swap(&since_l1tf, four(), 0x1ffffffffdb97400, ENTRY_SWAPPED, 3, 0x12345);
	/* Type 0, offset 1 and the largest that can be. */
	expect_swap(&since_l1tf, four(), 0x07fffffffffffc00, ENTRY_SWAPPED, 0, 1);
	expect_swap(&since_l1tf, four(), 0x07e0000000000002, ENTRY_SWAPPED, 0, 0xfffffffffff);
	/* Bits 1 to 7 are notes: soft-dirty, uffd-wp, exclusive. */
	expect_swap(&since_l1tf, four(), 0x1ffffffffdb9740e, ENTRY_SWAPPED, 3, 0x12345);
	expect_swap(&since_l1tf, pae(), 0x1ffffffffdb97400, ENTRY_SWAPPED, 3, 0x12345);
}

/* An entry shows by its top bits how its offset is coded. */
static void swap_by_its_bits(void **state)
{
	struct entry_rules rules = before_4_0, rules_pae = old_pae;

	(void)state;
	for (enum certainty inverted = UNSURE; inverted <= YES; inverted++) {
		rules.inverted = rules_pae.inverted = inverted;
		expect_swap(&rules, four(), 0x1ffffffffdb97400, ENTRY_SWAPPED, 3, 0x12345);
		expect_swap(&rules_pae, pae(), 0x1ffffffffdb97400, ENTRY_SWAPPED, 3, 0x12345);
		/* neither */
		assert_false(
			describe(&rules, four(), PTE_4, 0x0020000000246806, ENTRY_SPECIAL).has_swap);
		assert_false(describe(&rules_pae, pae(), PTE_3, 0x0002468500000200, ENTRY_SPECIAL)
				     .has_swap);
		if (inverted == YES) {
			assert_false(
				describe(&rules, four(), PTE_4, 0x246806, ENTRY_SPECIAL).has_swap);
			continue;
		}
		expect_swap(&rules, four(), 0x246806, ENTRY_SWAPPED, 3, 0x1234);
		expect_swap(&rules_pae, pae(), 0x0002468500000000, ENTRY_SWAPPED, 5, 0x1234);
	}
	/* PAE: type 16, offset 7fffff inverted; type 16, offset 3fffff plain. */
	rules_pae.inverted = UNSURE;
	assert_false(
		describe(&rules_pae, pae(), PTE_3, 0x87fffff000000000, ENTRY_SPECIAL).has_swap);
}

/* Bit 6 in an entry that is not present, whatever else is in it. */
static void pages_of_a_file(void **state)
{
	(void)state;
	assert_false(describe(&before_4_0, four(), PTE_4, 0x3b8040, ENTRY_NONLINEAR).has_swap);
	describe(&before_4_0, four(), PTE_4, 0x40, ENTRY_NONLINEAR);
	describe(&before_4_0, four(), PTE_4, 0x3b8140, ENTRY_PROT_NONE);
	describe(&before_4_0, four(), PMD_4, 0x40, ENTRY_EMPTY);
	describe(&since_4_14, four(), PTE_4, 0x40, ENTRY_EMPTY);
	expect_flags(&before_4_0, four(), PTE_4, 0x3b8040, "");
}

static void swap_of_older_releases(void **state)
{
	(void)state;
	/* 5 << 9 | 0x12345 << 14 */
	expect_swap(&since_4_14, four(), 0x48d14a00, ENTRY_SWAPPED, 5, 0x12345);
	/* 5 << 1 | 0x12345 << 8 */
	expect_swap(&before_2_6_28, four(), 0x0123450a, ENTRY_SWAPPED, 5, 0x12345);
	/* 5 << 1 | 0x1234 << 9 */
	expect_swap(&two_levels, two(), 0x0024680a, ENTRY_SWAPPED, 5, 0x1234);
	expect_swap(&two_levels, two(), 0xfffffe02, ENTRY_SWAPPED, 1, 0x7fffff);
	/* high word: 5 | 0x1234 << 5 */
	expect_swap(&old_pae, pae(), 0x0002468500000000, ENTRY_SWAPPED, 5, 0x1234);
}

/* 80200 hex is type 0, offset 401 by the layout of 2.6.28, and type 1, offset 10 by that of
 * 4.8: the ends of the swap areas tell which it can be. */
static void swap_by_its_areas(void **state)
{
	static const struct {
		uint64_t end[2];
		int layout; /* the first, the second, or neither is told */
	} rows[] = {
		{ { 0x402, 0x10 }, 1 }, { { 0x401, 0x11 }, 2 }, { { 0x401, 0x10 }, 0 },
		{ { 0x402, 0x11 }, 0 }, { { 0x402, 0 }, 1 },	{ { 0, 0x11 }, 2 },
	};
	struct entry_rules rules = before_4_0;

	(void)state;
	rules.has_nonlinear = false;
	rules.swap_doubtful = true;
	rules.later_swap = (struct swap_layout){ { 9, 5, false }, { 15, 49, false } };
	/* Without the areas by bits alone: 4.8 has none between type and offset. */
	expect_swap(&rules, four(), 0x84200, ENTRY_SWAPPED, 0, 0x421);
	describe(&rules, four(), PTE_4, 0x80200, ENTRY_SPECIAL);
	rules.nr_areas = 2;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(rules.swap_end, rows[i].end, sizeof(rows[i].end));
		if (rows[i].layout == 0)
			assert_false(
				describe(&rules, four(), PTE_4, 0x80200, ENTRY_SPECIAL).has_swap);
		else if (rows[i].layout == 1)
			expect_swap(&rules, four(), 0x80200, ENTRY_SWAPPED, 0, 0x401);
		else
			expect_swap(&rules, four(), 0x80200, ENTRY_SWAPPED, 1, 0x10);
	}
	/* Type 29 is of no area: 10 has to be a frame of memory. */
	rules.swap_end[0] = 0;
	rules.special_known = true;
	rules.special = (struct special_types){ .migrations = 2, .hwpoisons = 1 };
	rules.last_memory = 0x10fff;
	expect_page(&rules, four(), PTE_4, 0x83a00, ENTRY_HWPOISON, 0x10000);
	rules.last_memory = 0xffff;
	describe(&rules, four(), PTE_4, 0x83a00, ENTRY_SPECIAL);
}

/* With L1TF an entry is type << 59 | (~offset << 9 within 58:9). */
static uint64_t l1tf_entry(uint64_t type, uint64_t offset)
{
	return type << 59 | (UINT64_C(0x07fffffffffffe00) - (offset << 9));
}

/*
 * include/linux/swap.h of 6.1 with MEMORY_FAILURE, MIGRATION, DEVICE_PRIVATE:
 * MAX_SWAPFILES is 32 - 1 - 4 - 3 - 1 = 23; hwpoison 23, migration 24 to 26,
 * device 27 to 30, marker 31.
 */
static void types_that_are_no_swap(void **state)
{
	static const enum entry_kind kinds[32] = {
		[22] = ENTRY_SWAPPED,	[23] = ENTRY_HWPOISON,	[24] = ENTRY_MIGRATION,
		[25] = ENTRY_MIGRATION, [26] = ENTRY_MIGRATION, [27] = ENTRY_DEVICE,
		[28] = ENTRY_DEVICE,	[29] = ENTRY_DEVICE,	[30] = ENTRY_DEVICE,
		[31] = ENTRY_MARKER,
	};

	(void)state;
	for (uint64_t type = 0; type < 32; type++) {
		enum entry_kind kind = type < 23 ? ENTRY_SWAPPED : kinds[type];

		expect_swap(&since_l1tf, four(), l1tf_entry(type, 0xa3ee), kind, type, 0xa3ee);
	}
	/* Their offset is a frame number; newer kernels keep the accessed and
	 * the dirty bit above it. */
	expect_page(&since_l1tf, four(), PTE_4, l1tf_entry(24, 0xa3ee), ENTRY_MIGRATION, 0xa3ee000);
	expect_page(&since_l1tf, four(), PTE_4, l1tf_entry(25, UINT64_C(3) << 34 | 0xa3ee),
		    ENTRY_MIGRATION, 0xa3ee000);
	expect_page(&since_l1tf, four(), PTE_4, l1tf_entry(23, 0x3ffffffff), ENTRY_HWPOISON,
		    0x3ffffffff000);
	assert_false(
		describe(&since_l1tf, four(), PTE_4, l1tf_entry(31, 1), ENTRY_MARKER).has_physical);
	assert_false(
		describe(&since_l1tf, four(), PTE_4, l1tf_entry(3, 1), ENTRY_SWAPPED).has_physical);
}

/* 4.14: hwpoison 29, migration 30 and 31. 2.6.26: migration 30 and 31. */
static void types_of_older_releases(void **state)
{
	(void)state;
	expect_swap(&since_4_14, four(), UINT64_C(0xa3ee) << 14 | 28 << 9, ENTRY_SWAPPED, 28,
		    0xa3ee);
	expect_page(&since_4_14, four(), PTE_4, UINT64_C(0xa3ee) << 14 | 29 << 9, ENTRY_HWPOISON,
		    0xa3ee000);
	expect_page(&since_4_14, four(), PTE_4, UINT64_C(0xa3ee) << 14 | 30 << 9, ENTRY_MIGRATION,
		    0xa3ee000);
	expect_page(&since_4_14, four(), PTE_4, UINT64_C(0xa3ee) << 14 | 31 << 9, ENTRY_MIGRATION,
		    0xa3ee000);
	expect_swap(&before_2_6_28, four(), 0xa3ee00 | 29 << 1, ENTRY_SWAPPED, 29, 0xa3ee);
	expect_page(&before_2_6_28, four(), PTE_4, 0xa3ee00 | 30 << 1, ENTRY_MIGRATION, 0xa3ee000);
	expect_page(&two_levels, two(), PTE_2, 0xa3ee << 9 | 30 << 1, ENTRY_MIGRATION, 0xa3ee000);
}

/* Where the kernel's configuration is not known, it is not guessed. */
static void what_is_not_known(void **state)
{
	struct entry_rules rules = since_l1tf;
	struct entry_meaning meaning;

	(void)state;
	rules.special_known = false;
	meaning = describe(&rules, four(), PTE_4, l1tf_entry(31, 1), ENTRY_SPECIAL);
	assert_false(meaning.has_physical);
	describe(&rules, four(), PTE_4, l1tf_entry(22, 1), ENTRY_SPECIAL);
	/* No release had more than ten of them. */
	expect_swap(&rules, four(), l1tf_entry(21, 1), ENTRY_SWAPPED, 21, 1);
	expect_swap(&rules, four(), l1tf_entry(0, 1), ENTRY_SWAPPED, 0, 1);
	rules.swap_known = false;
	rules.inverted = UNSURE;
	meaning = describe(&rules, four(), PTE_4, 0x246806, ENTRY_SPECIAL);
	assert_false(meaning.has_swap);
	assert_false(meaning.has_physical);
	rules.cache_known = false;
	assert_false(describe(&rules, four(), PTE_4, 0x1c00163, ENTRY_PAGE).has_cache);
}

/* Type 32 and up came with the six bits of before 2.6.28: never special. */
static void no_type_is_out_of_bounds(void **state)
{
	(void)state;
	for (uint64_t type = 32; type < 64; type++)
		expect_swap(&before_2_6_28, four(), 0x100 | type << 1, ENTRY_SWAPPED, type, 1);
}

/* --- which rules a kernel gets --- */

struct expected_rules {
	enum kernel_mode mode;
	unsigned int levels;
	const char *release;
	unsigned int prot_none, nonlinear; /* bits */
	enum certainty inverted;
	bool narrow_mask, swap_known;
	struct entry_field type, offset;
	unsigned int pfn_bits;
};

/* Without any symbol, on both sides of each release that changed something. */
// clang-format off
static const struct expected_rules by_release[] = {
	{ MODE_X86_64, 4, "2.6.27", 7, 6, UNSURE, true, true, { 1, 6, false }, { 8, 56, false }, 34 },
	{ MODE_X86_64, 4, "2.6.28", 8, 6, UNSURE, true, true, { 1, 5, false }, { 9, 55, false }, 34 },
	{ MODE_X86_64, 4, "3.19.8", 8, 6, UNSURE, true, true, { 1, 5, false }, { 9, 55, false }, 34 },
	{ MODE_X86_64, 4, "4.0.0", 8, 0, UNSURE, true, true, { 1, 5, false }, { 9, 55, false }, 34 },
	{ MODE_X86_64, 4, "4.7.10", 8, 0, UNSURE, true, true, { 1, 5, false }, { 9, 55, false }, 34 },
	{ MODE_X86_64, 4, "4.8.0", 8, 0, UNSURE, true, true, { 9, 5, false }, { 15, 49, false }, 34 },
	{ MODE_X86_64, 4, "4.13.16", 8, 0, UNSURE, true, true, { 9, 5, false }, { 15, 49, false }, 34 },
	{ MODE_X86_64, 4, "4.14.0", 8, 0, UNSURE, true, true, { 9, 5, false }, { 14, 50, false }, 34 },
	{ MODE_X86_64, 4, "4.16.18", 8, 0, UNSURE, true, true, { 9, 5, false }, { 14, 50, false }, 34 },
	{ MODE_X86_64, 5, "4.17.0", 8, 0, UNSURE, false, true, { 9, 5, false }, { 14, 50, false }, 40 },
	{ MODE_X86_64, 4, "4.18.20", 8, 0, UNSURE, false, true, { 9, 5, false }, { 14, 50, false }, 34 },
	{ MODE_X86_64, 4, "4.19.0", 8, 0, YES, false, true, { 59, 5, false }, { 9, 50, true }, 34 },
	{ MODE_X86_64, 5, "6.1.0", 8, 0, YES, false, true, { 59, 5, false }, { 9, 50, true }, 40 },
	{ MODE_X86_64, 4, "", 8, 0, UNSURE, false, false, { 0 }, { 0 }, 34 },
	{ MODE_PAE, 3, "2.6.27", 7, 6, UNSURE, true, true, { 32, 5, false }, { 37, 27, false }, 24 },
	{ MODE_PAE, 3, "4.18.20", 8, 0, UNSURE, false, true, { 32, 5, false }, { 37, 27, false }, 24 },
	{ MODE_PAE, 3, "4.19.0", 8, 0, YES, false, true, { 59, 5, false }, { 9, 50, true }, 24 },
	{ MODE_I386, 2, "2.6.27", 7, 6, NO, true, true, { 1, 5, false }, { 8, 24, false }, 20 },
	{ MODE_I386, 2, "2.6.28", 8, 6, NO, true, true, { 1, 5, false }, { 9, 23, false }, 20 },
	{ MODE_I386, 2, "6.1.0", 8, 0, NO, false, true, { 1, 5, false }, { 9, 23, false }, 20 },
	{ MODE_I386, 2, "", 8, 0, NO, false, false, { 0 }, { 0 }, 20 },
};
// clang-format on

static struct image image;

/* A kernel of which nothing is known but this, with 64K of memory. */
static void rules_of(enum kernel_mode mode, unsigned int levels, const char *release,
		     struct entry_rules *rules)
{
	struct kernel *kernel;
	struct fact *fact;

	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x10000);
	kernel = open_create(image_open(&image, NULL), NULL, NULL);
	assert_non_null(kernel);
	open_set_arch(kernel, mode == MODE_X86_64 ? &arch_x86_64 : &arch_i386);
	fact = kernel->facts->fact;
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		fact[id].status = FACT_NOT_KNOWN;
	fact[FACT_MODE] = (struct fact){ .status = FACT_KNOWN, .value = mode };
	fact[FACT_LEVELS] = (struct fact){ .status = FACT_KNOWN, .value = levels };
	strcpy(kernel->identity->release, release);
	kernel->arch->entry_rules(kernel, rules);
	open_close(kernel);
}

static bool is_field(const struct entry_field *field, const struct entry_field *expected)
{
	return field->shift == expected->shift && field->bits == expected->bits &&
	       field->inverted == expected->inverted;
}

static void rules_by_release(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(by_release) / sizeof(by_release[0]); i++) {
		const struct expected_rules *expected = &by_release[i];
		struct entry_rules rules;
		bool right;

		rules_of(expected->mode, expected->levels, expected->release, &rules);
		right = rules.prot_none_bit == 1u << expected->prot_none &&
			rules.has_nonlinear == (expected->nonlinear == 6) &&
			rules.inverted == expected->inverted &&
			rules.narrow_mask == expected->narrow_mask &&
			rules.swap_known == expected->swap_known &&
			is_field(&rules.swap.type, &expected->type) &&
			is_field(&rules.swap.offset, &expected->offset) &&
			rules.pfn_bits == expected->pfn_bits && rules.last_memory == 0xffff &&
			!rules.special_known;
		if (!right)
			fail_msg("%s, %s", kernel_mode_names[expected->mode], expected->release);
	}
}

/* Where the kernel's own table cannot be read. */
static void cache_types_by_release(void **state)
{
	// clang-format off
	static const struct {
		const char *release;
		enum cache_type by_pat[8];
	} expected[] = {
		{ "2.6.25", { CACHE_WB, CACHE_WT, CACHE_UC_MINUS, CACHE_UC, CACHE_WB, CACHE_WT, CACHE_UC_MINUS, CACHE_UC } },
		{ "2.6.26", { CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC, CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC } },
		{ "4.1.52", { CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC, CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC } },
		{ "4.2.0", { CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC, CACHE_WB, CACHE_WP, CACHE_UC_MINUS, CACHE_WT } },
	};
	// clang-format on
	struct entry_rules rules;

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		rules_of(MODE_X86_64, 4, expected[i].release, &rules);
		assert_true(rules.cache_known);
		assert_memory_equal(rules.cache, expected[i].by_pat, sizeof(rules.cache));
	}
	rules_of(MODE_X86_64, 4, "", &rules);
	assert_false(rules.cache_known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_and_tables),
		cmocka_unit_test(cache_types),
		cmocka_unit_test(flags_by_name),
		cmocka_unit_test(prot_none_inverted),
		cmocka_unit_test(prot_none_plain),
		cmocka_unit_test(prot_none_by_memory),
		cmocka_unit_test(prot_none_with_a_narrow_mask),
		cmocka_unit_test(prot_none_with_encryption),
		cmocka_unit_test(prot_none_of_each_width),
		cmocka_unit_test(large_pages_without_access),
		cmocka_unit_test(empty_entries),
		cmocka_unit_test(swap_since_l1tf),
		cmocka_unit_test(swap_by_its_bits),
		cmocka_unit_test(pages_of_a_file),
		cmocka_unit_test(swap_of_older_releases),
		cmocka_unit_test(swap_by_its_areas),
		cmocka_unit_test(types_that_are_no_swap),
		cmocka_unit_test(types_of_older_releases),
		cmocka_unit_test(what_is_not_known),
		cmocka_unit_test(no_type_is_out_of_bounds),
		cmocka_unit_test(rules_by_release),
		cmocka_unit_test(cache_types_by_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
