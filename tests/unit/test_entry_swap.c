/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries that map no page: empty, swap, and similar entries. */
#include <stdint.h>
#include <string.h>

#include "kernel/entry.h"
#include "made_entries.h"

#include "unit.h"

static void empty_entries(void **state)
{
	(void)state;
	describe(&since_l1tf, four(), PTE_4, 0, ENTRY_EMPTY);
	describe(&since_l1tf, four(), 0, 0, ENTRY_EMPTY);
	describe(&since_l1tf, pae(), PTE_3, 0, ENTRY_EMPTY);
	describe(&two_levels, two(), PTE_2, 0, ENTRY_EMPTY);
	/* Knights Landing sets A and D in entries that are not present. The kernel ignores these
	 * bits: _PAGE_KNL_ERRATUM_MASK. */
	describe(&since_l1tf, four(), PTE_4, 0x60, ENTRY_EMPTY);
	describe(&since_l1tf, four(), PTE_4, 0x20, ENTRY_EMPTY);
	/* with PAE, too, but not with two levels */
	describe(&since_l1tf, pae(), PTE_3, 0x60, ENTRY_EMPTY);
	describe(&old_pae, pae(), PMD_3, 0x40, ENTRY_EMPTY);
	describe(&two_levels, two(), PTE_2, 0x220, ENTRY_SWAPPED);
}

/* Type 3, offset 0x12345: (3 << 59) | (~0x12345 << 14 >> 5). */
static void swap_since_l1tf(void **state)
{
	(void)state;
	expect_swap(&since_l1tf, four(), 0x1ffffffffdb97400, ENTRY_SWAPPED, 3, 0x12345);
	/* Type 0, with offset 1 and with the largest possible offset. */
	expect_swap(&since_l1tf, four(), 0x07fffffffffffc00, ENTRY_SWAPPED, 0, 1);
	expect_swap(&since_l1tf, four(), 0x07e0000000000002, ENTRY_SWAPPED, 0, 0xfffffffffff);
	/* Bits 1 to 7 are flags: soft-dirty, uffd-wp, exclusive. */
	expect_swap(&since_l1tf, four(), 0x1ffffffffdb9740e, ENTRY_SWAPPED, 3, 0x12345);
	expect_swap(&since_l1tf, pae(), 0x1ffffffffdb97400, ENTRY_SWAPPED, 3, 0x12345);
}

/* The highest bits of an entry show how the offset is encoded. */
static void swap_by_its_bits(void **state)
{
	struct entry_rules rules = before_4_0, rules_pae = old_pae;

	(void)state;
	for (enum certainty inverted = UNSURE; inverted <= YES; inverted++) {
		rules.inverted = rules_pae.inverted = inverted;
		expect_swap(&rules, four(), 0x1ffffffffdb97400, ENTRY_SWAPPED, 3, 0x12345);
		expect_swap(&rules_pae, pae(), 0x1ffffffffdb97400, ENTRY_SWAPPED, 3, 0x12345);
		/* the bits show neither encoding */
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
	/* PAE: type 16 with the inverted offset 7fffff, and type 16 with the offset 3fffff that is
	 * not inverted. */
	rules_pae.inverted = UNSURE;
	assert_false(
		describe(&rules_pae, pae(), PTE_3, 0x87fffff000000000, ENTRY_SPECIAL).has_swap);
}

/* Bit 6 of an entry that is not present, with any other bits. */
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

/* 80200 is type 0 with offset 401 in the layout of 2.6.28, and type 1 with offset 10 in the layout
 * of 4.8. The ends of the swap areas show which layout is possible. */
static void swap_by_its_areas(void **state)
{
	static const struct {
		uint64_t end[2];
		int layout; /* 1: the first layout; 2: the second; 0: unknown */
	} rows[] = {
		{ { 0x402, 0x10 }, 1 }, { { 0x401, 0x11 }, 2 }, { { 0x401, 0x10 }, 0 },
		{ { 0x402, 0x11 }, 0 }, { { 0x402, 0 }, 1 },	{ { 0, 0x11 }, 2 },
	};
	struct entry_rules rules = before_4_0;

	(void)state;
	rules.has_nonlinear = false;
	rules.swap_doubtful = true;
	rules.later_swap = (struct swap_layout){ { 9, 5, false }, { 15, 49, false } };
	/* Without the swap areas, only the bits decide: in 4.8, there are no bits between type and
	 * offset. */
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
	/* No area has type 29, so 10 must be a frame of memory. */
	rules.swap_end[0] = 0;
	rules.special_known = true;
	rules.special = (struct special_types){ .migrations = 2, .hwpoisons = 1 };
	rules.last_memory = 0x10fff;
	expect_page(&rules, four(), PTE_4, 0x83a00, ENTRY_HWPOISON, 0x10000);
	rules.last_memory = 0xffff;
	describe(&rules, four(), PTE_4, 0x83a00, ENTRY_SPECIAL);
}

/* Returns an entry as encoded since L1TF: type << 59 | (~offset << 9 within bits 58:9). */
static uint64_t l1tf_entry(uint64_t type, uint64_t offset)
{
	return type << 59 | (UINT64_C(0x07fffffffffffe00) - (offset << 9));
}

/* include/linux/swap.h of 6.1 with MEMORY_FAILURE, MIGRATION and DEVICE_PRIVATE: MAX_SWAPFILES is
 * 32 - 1 - 4 - 3 - 1 = 23. Type 23 is hwpoison, 24 to 26 migration, 27 to 30 device, and 31
 * marker. */
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
	/* The offset is a frame number. In newer kernels, the accessed and dirty bits are above
	 * it. */
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

/* 4.14: type 29 is hwpoison, and 30 and 31 are migration. 2.6.26: 30 and 31 are migration. */
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

/* If the kernel's configuration is not known, it is not guessed. */
static void what_is_not_known(void **state)
{
	struct entry_rules rules = since_l1tf;
	struct entry_meaning meaning;

	(void)state;
	rules.special_known = false;
	meaning = describe(&rules, four(), PTE_4, l1tf_entry(31, 1), ENTRY_SPECIAL);
	assert_false(meaning.has_physical);
	describe(&rules, four(), PTE_4, l1tf_entry(22, 1), ENTRY_SPECIAL);
	/* No release had more than ten special types. */
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

/* Types from 32 on need the six bits that the type had before 2.6.28, and are never special. */
static void no_type_is_out_of_bounds(void **state)
{
	(void)state;
	for (uint64_t type = 32; type < 64; type++)
		expect_swap(&before_2_6_28, four(), 0x100 | type << 1, ENTRY_SWAPPED, type, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
