/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page table entries that map a page, present and not present. */
#include <stdint.h>
#include <string.h>

#include "kernel/entry.h"
#include "made_entries.h"

#include "unit.h"

static void expect_cache(const struct entry_rules *rules, const struct paging *paging,
			 unsigned int level, uint64_t entry, enum cache_type cache)
{
	struct entry_meaning meaning = describe(rules, paging, level, entry, ENTRY_PAGE);

	assert_true(meaning.has_cache);
	assert_int_equal(meaning.cache, cache);
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
	/* An entry that points to a table does not have the cache type of a page. */
	expect_page(&since_l1tf, four(), PMD_4, 0x0000000004321067, ENTRY_TABLE, 0x4321000);
	assert_false(describe(&since_l1tf, four(), PMD_4, 0x4321067, ENTRY_TABLE).has_cache);
	assert_false(describe(&since_l1tf, four(), PTE_4, 0x4321067, ENTRY_PAGE).has_swap);
}

/* SDM vol. 3A, table 12-11: PAT, PCD and PWT of the entry are the number of the field. */
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
	/* Bit 12 belongs to the address if the entry points to a table or to a small page. */
	expect_flags(&since_l1tf, four(), PMD_4, 0x1c01063, "PRESENT|RW|ACCESSED|DIRTY");
	expect_flags(&since_l1tf, four(), PTE_4, 0x1c01061, "PRESENT|ACCESSED|DIRTY");
	expect_flags(&two_levels, two(), PGD_2, 0x1c010e3, "PRESENT|RW|ACCESSED|DIRTY|PSE|PAT");
	/* Bits for software and for protection keys: pgtable_types.h. */
	expect_flags(&since_l1tf, four(), PTE_4, 0xfe00000000000e01,
		     "PRESENT|SOFTW1|SOFTW2|SOFTW3|SOFTW4|SOFTW5|PKEY0|PKEY1|PKEY2|PKEY3|NX");
	expect_flags(
		&since_l1tf, four(), PTE_4, UINT64_MAX,
		"PRESENT|RW|USER|PWT|PCD|ACCESSED|DIRTY|PAT|GLOBAL|SOFTW1|SOFTW2|SOFTW3|SOFTW4|SOFTW5|PKEY0|PKEY1|PKEY2|PKEY3|NX");
	/* If the entry maps no page, the other bits are a number. */
	expect_flags(&since_l1tf, four(), PTE_4, 0x0ffffffffffffe00, "");
	expect_flags(&since_l1tf, four(), PTE_4, 0, "");
}

/* --- not present, but a page --- */

/* From a guest with 6.1. The content of the frame confirmed the result. */
static void prot_none_inverted(void **state)
{
	(void)state;
	expect_page(&since_l1tf, four(), PTE_4, 0x8000fffff5c11120, ENTRY_PROT_NONE, 0xa3ee000);
	/* Bits 51:12 of the frame are inverted. From frame 0 to the frame of a device. */
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
	/* Two levels have no bits left, so they are never inverted. */
	expect_page(&two_levels, two(), PTE_2, 0x0a3ee120, ENTRY_PROT_NONE, 0xa3ee000);
	/* PROT_NONE is bit 7 before 2.6.28. Bit 8 then belongs to the swap offset. */
	expect_page(&before_2_6_28, four(), PTE_4, 0x000000000a3ee0a0, ENTRY_PROT_NONE, 0xa3ee000);
	expect_swap(&before_2_6_28, four(), 0x100, ENTRY_SWAPPED, 0, 1);
}

static void expect_no_page(const struct entry_rules *rules, uint64_t entry)
{
	assert_false(describe(rules, four(), PTE_4, entry, ENTRY_PROT_NONE).has_physical);
}

/* Memory ends at 9 GiB. Whatever is known about the kernel, an entry counts as inverted if only the
 * inverted frame is in memory, and as not inverted if only the other frame is. If both frames are
 * possible, or neither is, the frame is unknown. */
static void prot_none_by_memory(void **state)
{
	struct entry_rules rules = since_l1tf;

	(void)state;
	rules.last_memory = UINT64_C(0x23fffffff);
	for (enum certainty inverted = UNSURE; inverted <= YES; inverted++) {
		rules.inverted = inverted;
		/* inverted within 52 bits */
		expect_page(&rules, four(), PTE_4, 0x800fffffefffe162, ENTRY_PROT_NONE, 0x10001000);
		/* only the present bit is cleared, as by KFENCE */
		expect_page(&rules, four(), PTE_4, 0x8000000000100162, ENTRY_PROT_NONE, 0x100000);
		expect_page(&rules, four(), PTE_4, 0x800000023ffff162, ENTRY_PROT_NONE,
			    0x23ffff000);
		/* neither value is a frame of memory */
		expect_no_page(&rules, 0x800dffffefffe162);
	}
	/* Beyond the end of memory, and too low for an inverted frame. */
	rules.inverted = YES;
	expect_no_page(&rules, 0x8000000240000162);
	rules.inverted = UNSURE;
	expect_no_page(&rules, 0x8000000240000162);
	rules.inverted = NO;
	expect_page(&rules, four(), PTE_4, 0x8000000240000162, ENTRY_PROT_NONE, 0x240000000);
}

/* Before 4.17, 46 bits were inverted, so the inverted address of a device near their end looks like
 * memory. */
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
	/* The address of a device, 00000380000000000, as in a kernel that inverts entries, and as
	 * in one that does not. */
	rules.inverted = YES;
	expect_no_page(&rules, 0x800007fffffff120);
	rules.inverted = NO;
	expect_page(&rules, four(), PTE_4, 0x8000380000000120, ENTRY_PROT_NONE, 0x380000000000);
	/* Kernels that invert do not only clear the present bit. */
	rules.inverted = YES;
	expect_no_page(&rules, 0x8000000000100120);
	rules.inverted = UNSURE;
	expect_page(&rules, four(), PTE_4, 0x8000000000100120, ENTRY_PROT_NONE, 0x100000);
	/* With more memory than half of the mask, both values are possible. */
	rules.last_memory = UINT64_C(0x3fffffffffff);
	expect_no_page(&rules, 0x80003ffff858a120);
}

/* AMD's C-bit is not part of the frame and is never inverted. The mask of TDX ends below its
 * bit. */
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

/* The highest bit of the frame shows how many bits were inverted, which are at least 44. Frames of
 * 49 bits and more have a separate limit. */
static void prot_none_of_each_width(void **state)
{
	static const struct {
		unsigned int bits; /* number of bits of __PHYSICAL_MASK */
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
		/* frames that are not memory */
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

/* pmd_present() is true if only PSE is set: for a huge page that is PROT_NONE or is being split. */
static void large_pages_without_access(void **state)
{
	(void)state;
	expect_page(&since_4_14, four(), PMD_4, 0x80000001ffe001e0, ENTRY_PROT_NONE, 0x1ffe00000);
	/* 1ffe00000, with bits 51:21 inverted. */
	expect_page(&since_l1tf, four(), PMD_4, 0x800ffffe001ff1e0, ENTRY_PROT_NONE, 0x1ffe00000);
	expect_page(&since_l1tf, four(), PMD_4, 0x800ffffe001ff0e0, ENTRY_PROT_NONE, 0x1ffe00000);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
