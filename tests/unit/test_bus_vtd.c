/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page tables of VT-d. */
#include "devices/entrance.h"
#include "kernel/kernel.h"
#include "paging/entries.h"
#include "made_bus.h"
#include "memory.h"

#include "unit.h"

static void legacy(uint64_t low, uint64_t high)
{
	start();
	put(ROOT + 16 * BUS, CONTEXT | 1, 8);
	put(CONTEXT + 16 * DEVFN, low, 8);
	put(CONTEXT + 16 * DEVFN + 8, high, 8);
}

static void enter_legacy(void)
{
	kernel = memory_open(NULL, NULL);
	vtd_enter(kernel, ROOT, false, BUS << 8 | DEVFN, &entrance);
}

static void vtd_three_levels(void **state)
{
	(void)state;
	legacy(TOP | 1, 1 | 7 << 8);
	put(TOP + 8, MIDDLE | 3, 8);
	put(MIDDLE + 8 * 2, LOW | 3, 8);
	put(LOW + 8 * 3, 0x123456789000 | 3, 8);
	put(LOW + 8 * 4, 0x5000 | 1, 8);
	put(LOW + 8 * 5, 0x5000 | 2, 8);
	put(LOW + 8 * 6, 0x5000, 8);
	put(MIDDLE + 8 * 3, 0x40200000 | 0x83, 8);
	put(MIDDLE + 8 * 4, 0x40201000 | 0x83, 8);
	put(TOP + 8 * 2, 0x80000000 | 0x81, 8);
	enter_legacy();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_int_equal(entrance.nr_heads, 2);
	assert_int_equal(entrance.head[0].paddr, ROOT + 16 * BUS);
	assert_int_equal(entrance.head[1].paddr, CONTEXT + 16 * DEVFN);

	assert_int_equal(walk_to(0x40403abc), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x123456789abc);
	assert_int_equal(walked.page_size, 0x1000);
	assert_true(walked.readable && walked.writable);
	assert_int_equal(walk_to(0x40404000), WALK_MAPPED);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(0x40405000), WALK_MAPPED); /* only written */
	assert_true(!walked.readable && walked.writable);
	assert_int_equal(walk_to(0x40406000), WALK_NOT_PRESENT);
	assert_int_equal(walk_to(0x40612345), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x40212345);
	assert_int_equal(walked.page_size, 0x200000);
	assert_int_equal(walk_to(0x40800000), WALK_CORRUPT); /* not aligned */
	assert_int_equal(walk_to(0xbfffffff), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0xbfffffff);
	assert_int_equal(walked.page_size, 0x40000000);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(UINT64_C(1) << 39), WALK_NON_CANONICAL);
	assert_int_equal(walk_to(0x7fffffffff), WALK_NOT_PRESENT);
	assert_int_equal(scan_agrees(), 5);
	finish();
}

static void vtd_levels_by_width(void **state)
{
	static const struct {
		unsigned int width, levels;
	} widths[] = { { 0, 0 }, { 1, 3 }, { 2, 4 }, { 3, 5 }, { 4, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
		legacy(TOP | 1, widths[i].width);
		put(TOP, MIDDLE | 0x83, 8); /* entries of l4 and l5 map no pages */
		enter_legacy();
		if (!widths[i].levels) {
			assert_int_equal(entrance.reach, DMA_UNKNOWN);
		} else {
			assert_int_equal(entrance.reach, DMA_TRANSLATED);
			assert_int_equal(entrance.space.paging->nr_levels, widths[i].levels);
			assert_int_equal(entrance.space.root, TOP);
			if (widths[i].levels > 3)
				assert_int_equal(walk_to(0), WALK_CORRUPT);
		}
		finish();
	}
}

/* 9.8: each level has nine bits. */
static void vtd_entries_of_each_level(void **state)
{
	(void)state;
	for (unsigned int levels = 3; levels <= 5; levels++)
		for (size_t i = 0; i < NR_INDEXES; i++) {
			legacy(TOP | 1, levels - 2);
			put_way(levels, indexes[i], 3, false);
			enter_legacy();
			assert_int_equal(walk_to(address_of(levels, indexes[i]) | 0xabc),
					 WALK_MAPPED);
			assert_int_equal(walked.paddr, 0x6abc);
			assert_int_equal(walked.nr_steps, levels);
			finish();
		}
}

/* 9.8: bit 8 is the accessed flag, bit 9 the dirty flag. */
static void vtd_bits_that_are_noted(void **state)
{
	static const struct {
		uint64_t bits;
		bool noted;
	} rows[] = {
		{ 0, true },	   { 1 << 8, true },   { 1 << 9, true },   { 3 << 8, true },
		{ 1 << 7, false }, { 1 << 10, false }, { 1 << 11, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		legacy(TOP | 1, 1);
		put(TOP + 8, MIDDLE | 3, 8);
		put(MIDDLE + 8, LOW | 3, 8);
		put_alike(0x6003, rows[i].bits);
		enter_legacy();
		if (is_repeated() != rows[i].noted)
			fail_msg("%llx", (unsigned long long)rows[i].bits);
		finish();
	}
}

/* 9.8: the flags, and bit 7 of entries above the last level. */
static void vtd_flags(void **state)
{
	static const struct {
		unsigned int level;
		uint64_t entry;
		const char *names;
	} rows[] = {
		{ 2, 1, "READ" },
		{ 2, 2, "WRITE" },
		{ 2, 1 << 7, "" },
		{ 1, 1 << 7, "PS" },
		{ 2, 1 << 8, "ACCESSED" },
		{ 2, 1 << 9, "DIRTY" },
		{ 2, 1 << 11, "SNOOP" },
		{ 0, UINT64_MAX, "READ|WRITE|PS|ACCESSED|DIRTY|SNOOP" },
		{ 2, ~UINT64_C(0xb83), "" },
	};

	(void)state;
	legacy(TOP | 1, 1);
	enter_legacy();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *flags[MOST_ENTRY_BITS];
		unsigned int nr =
			entry_bit_names(entrance.space.paging, rows[i].level, rows[i].entry, flags);

		expect_names(flags, nr, rows[i].names);
	}
	finish();
}

/* 9.1, 9.3: P is bit 0, FPD bit 1, the type in bits 3:2. */
static void vtd_heads(void **state)
{
	static const struct {
		uint64_t low;
		const char *flags;
	} rows[] = {
		{ TOP, "" },
		{ TOP | 1, "PRESENT" },
		{ TOP | 2, "FAULTS_OFF" },
		{ TOP | 3, "PRESENT|FAULTS_OFF" },
		{ TOP | 1 | 1 << 2, "PRESENT|DEVICE_TLB" },
		{ TOP | 1 | 2 << 2, "PRESENT|PASS_THROUGH" },
		{ TOP | 1 | 3 << 2, "PRESENT" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		legacy(rows[i].low, 2);
		enter_legacy();
		assert_int_equal(entrance.nr_heads, 2);
		expect_head(0, "root", ROOT + 16 * BUS, "PRESENT");
		expect_head(1, "context", CONTEXT + 16 * DEVFN, rows[i].flags);
		finish();
	}
}

static void vtd_contexts(void **state)
{
	static const struct {
		uint64_t low;
		enum dma_reach reach;
	} contexts[] = {
		{ TOP | 1, DMA_TRANSLATED },
		{ TOP | 1 | 1 << 2, DMA_TRANSLATED }, /* the device has a TLB */
		{ 1 | 2 << 2, DMA_PASS_THROUGH },
		{ TOP | 1 | 3 << 2, DMA_UNKNOWN },
		{ TOP, DMA_BLOCKED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(contexts) / sizeof(*contexts); i++) {
		legacy(contexts[i].low, 2);
		enter_legacy();
		assert_int_equal(entrance.reach, contexts[i].reach);
		finish();
	}
	legacy(TOP | 1, 2);
	put(ROOT + 16 * BUS, CONTEXT, 8);
	enter_legacy();
	assert_int_equal(entrance.reach, DMA_BLOCKED);
	finish();
	legacy(TOP | 1, 2);
	put(ROOT + 16 * BUS, 0x70000000 | 1, 8);
	enter_legacy();
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	assert_int_equal(entrance.trouble.code, ERROR_UNREADABLE);
	finish();
}

/* Writes the context for the upper half of a bus, and PASID 65, which uses the second entry of the
 * directory. */
static void scalable(uint64_t pasid_low, uint64_t pasid_third)
{
	start();
	put(ROOT + 16 * BUS + 8, CONTEXT | 1, 8);
	put(CONTEXT + 32 * (DEVFN - 0x80), DIRECTORY | 1, 8);
	put(CONTEXT + 32 * (DEVFN - 0x80) + 8, 65, 8);
	put(DIRECTORY + 8, PASIDS | 1, 8);
	put(PASIDS + 64, pasid_low, 8);
	put(PASIDS + 64 + 16, pasid_third, 8);
	kernel = memory_open(NULL, NULL);
	vtd_enter(kernel, ROOT, true, BUS << 8 | DEVFN, &entrance);
}

static void vtd_scalable_mode(void **state)
{
	enum { FIRST = 1 << 6, SECOND = 2 << 6, NESTED = 3 << 6, PASS = 4 << 6 };

	(void)state;
	scalable(TOP | SECOND | 2 << 2 | 1, 0);
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_false(entrance.first_stage);
	assert_int_equal(entrance.space.paging->nr_levels, 4);
	assert_int_equal(entrance.space.root, TOP);
	assert_int_equal(entrance.nr_heads, 4);
	expect_head(0, "root", ROOT + 16 * BUS + 8, "PRESENT");
	expect_head(1, "context", CONTEXT + 32 * (DEVFN - 0x80), "PRESENT");
	expect_head(2, "pasid-dir", DIRECTORY + 8, "PRESENT");
	expect_head(3, "pasid", PASIDS + 64, "PRESENT|SECOND_STAGE");
	finish();
	scalable(FIRST | 1, LOW | 0);
	expect_head(3, "pasid", PASIDS + 64, "PRESENT|FIRST_STAGE");
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_true(entrance.first_stage);
	assert_int_equal(entrance.space.paging->nr_levels, 4);
	assert_int_equal(entrance.space.root, LOW);
	finish();
	scalable(FIRST | 1, LOW | 1 << 2);
	assert_int_equal(entrance.space.paging->nr_levels, 5);
	finish();
	scalable(NESTED | 1, 0);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	finish();
	scalable(PASS | 1, 0);
	assert_int_equal(entrance.reach, DMA_PASS_THROUGH);
	expect_head(3, "pasid", PASIDS + 64, "PRESENT|PASS_THROUGH");
	finish();
	scalable(5 << 6 | 1, 0);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	finish();
	scalable(1, 0);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	finish();
	scalable(PASS, 0);
	assert_int_equal(entrance.reach, DMA_BLOCKED);
	finish();
}

/* 9.4: PDTS, bits 11:9 of the context, is the size of the directory: 2^(PDTS + 7) entries. The
 * entry of PASID 8192 = 128 * 64 is the first beyond the smallest directory. */
static void vtd_pasids_beyond_the_directory(void **state)
{
	static const struct {
		uint64_t size, pasid;
		bool within;
	} rows[] = {
		{ 0, 127 * 64, true },	{ 0, 128 * 64, false }, { 1, 128 * 64, true },
		{ 1, 256 * 64, false }, { 7, 0xfffff, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start();
		put(ROOT + 16 * BUS + 8, CONTEXT | 1, 8);
		put(CONTEXT + 32 * (DEVFN - 0x80), DIRECTORY | rows[i].size << 9 | 1, 8);
		put(CONTEXT + 32 * (DEVFN - 0x80) + 8, rows[i].pasid, 8);
		kernel = memory_open(NULL, NULL);
		vtd_enter(kernel, ROOT, true, BUS << 8 | DEVFN, &entrance);
		assert_int_equal(entrance.nr_heads, rows[i].within ? 3 : 2);
		if (rows[i].within)
			assert_int_equal(entrance.head[2].paddr,
					 DIRECTORY + rows[i].pasid / 64 * 8);
		else
			assert_int_equal(entrance.reach, DMA_UNKNOWN);
		finish();
	}
}

/* The C-bit of the host's memory encryption, in each place that contains an address. */
static void vtd_under_encryption(void **state)
{
	const uint64_t c = UINT64_C(1) << 47;

	(void)state;
	memory_start_64("6.1.0", "NUMBER(sme_mask)=0x800000000000\n");
	put(ROOT + 16 * BUS, c | CONTEXT | 1, 8);
	put(CONTEXT + 16 * DEVFN, c | TOP | 1, 8);
	put(CONTEXT + 16 * DEVFN + 8, 1, 8);
	put(TOP, c | MIDDLE | 3, 8);
	put(MIDDLE, c | LOW | 3, 8);
	put(LOW, c | 0x6003, 8);
	enter_legacy();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_int_equal(entrance.space.root, TOP);
	assert_int_equal(walk_to(0xabc), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x6abc);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vtd_three_levels),
		cmocka_unit_test(vtd_levels_by_width),
		cmocka_unit_test(vtd_entries_of_each_level),
		cmocka_unit_test(vtd_bits_that_are_noted),
		cmocka_unit_test(vtd_flags),
		cmocka_unit_test(vtd_heads),
		cmocka_unit_test(vtd_contexts),
		cmocka_unit_test(vtd_pasids_beyond_the_directory),
		cmocka_unit_test(vtd_under_encryption),
		cmocka_unit_test(vtd_scalable_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
