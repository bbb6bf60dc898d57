/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Page tables of AMD-Vi. */
#include "devices/entrance.h"
#include "kernel/kernel.h"
#include "paging/entries.h"
#include "paging/scan.h"
#include "paging/second_stage.h"
#include "made_bus.h"
#include "memory.h"

#include "unit.h"

static unsigned int nr_visited;

static void visit(void *arg, uint64_t paddr, unsigned int level)
{
	assert_ptr_equal(arg, &nr_visited);
	assert_true(level == 1 ? paddr == MIDDLE : paddr == LOW);
	nr_visited++;
}

#define IR (UINT64_C(1) << 61)
#define IW (UINT64_C(1) << 62)
#define NEXT(LEVEL) ((uint64_t)(LEVEL) << 9)

static void amd(uint64_t first, uint64_t second, uint64_t third)
{
	start();
	put(DEVICE, first, 8);
	put(DEVICE + 8, second, 8);
	put(DEVICE + 16, third, 8);
}

static void enter_amd(void)
{
	kernel = memory_open(NULL, NULL);
	amd_iommu_enter(kernel, DEVICE, &entrance);
}

static void amd_pages_of_any_power(void **state)
{
	(void)state;
	amd(TOP | NEXT(3) | IR | IW | 3, 0, 0);
	put(TOP, MIDDLE | NEXT(2) | IR | IW | 1, 8);
	put(MIDDLE, LOW | NEXT(1) | IR | IW | 1, 8);
	put(LOW, 0x7000 | IR | IW | 1, 8);
	/* 64K at 0x2810000: bits 12 to 14 are set, bit 15 is clear */
	put(LOW + 8 * 0x1f, 0x2817000 | NEXT(7) | IR | 1, 8);
	/* 8K at 0x4000: bit 12 is clear */
	put(LOW + 8 * 0x21, 0x4000 | NEXT(7) | IW | 1, 8);
	/* No table can be below the last level. */
	put(LOW + 8 * 0x22, 0x4000 | NEXT(1) | IR | 1, 8);
	put(MIDDLE + 8, 0x600000 | IR | IW | 1, 8);
	put(MIDDLE + 8 * 2, 0x7ff000 | NEXT(7) | IR | 1, 8); /* 16M at 0 */
	put(TOP + 8, LOW | NEXT(1) | IR | IW | 1, 8); /* skips a level */
	put(TOP + 8 * 2, 0x80000000 | IW | 1, 8);
	enter_amd();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_true(entrance.readable && entrance.writable);
	assert_int_equal(walk_to(0x123), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x7123);
	assert_int_equal(walk_to(0x1f456), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x281f456);
	assert_int_equal(walked.page_size, 0x10000);
	assert_true(walked.readable && !walked.writable);
	assert_int_equal(walk_to(0x21fff), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x5fff);
	assert_int_equal(walked.page_size, 0x2000);
	assert_true(!walked.readable && walked.writable);
	assert_int_equal(walk_to(0x22000), WALK_CORRUPT);
	assert_int_equal(walk_to(0x3fffff), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x7fffff);
	assert_int_equal(walked.page_size, 0x200000);
	assert_int_equal(walk_to(0x400000), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x400000);
	assert_int_equal(walked.page_size, 0x1000000);
	assert_int_equal(walk_to(0x40000000), WALK_CORRUPT);
	assert_int_equal(walk_to(0x80000001), WALK_MAPPED);
	assert_int_equal(walked.page_size, 0x40000000);
	assert_int_equal(walk_to(UINT64_C(1) << 39), WALK_NON_CANONICAL);
	assert_int_equal(scan_agrees(), 6);
	finish();
}

/* If the size is less than an entry of the level covers, no page has this size. */
static void amd_pages_smaller_than_an_entry(void **state)
{
	(void)state;
	amd(TOP | NEXT(3) | IR | IW | 3, 0, 0);
	put(TOP, MIDDLE | NEXT(2) | IR | IW | 1, 8);
	put(MIDDLE, 0xff000 | NEXT(7) | IR | 1, 8); /* 2M at 0 */
	put(MIDDLE + 8, 0x7f000 | NEXT(7) | IR | 1, 8); /* 1M */
	enter_amd();
	assert_int_equal(walk_to(0), WALK_MAPPED);
	assert_int_equal(walked.page_size, 0x200000);
	assert_int_equal(walk_to(0x200000), WALK_CORRUPT);
	assert_int_equal(scan_agrees(), 1);
	finish();
}

/* If all entries of a table are for the same page, the table maps this page once, in order. */
static void amd_page_of_a_whole_table(void **state)
{
	static struct scan scan;
	struct scanned scanned;

	(void)state;
	amd(TOP | NEXT(3) | IR | IW | 3, 0, 0);
	put(TOP, MIDDLE | NEXT(2) | IR | IW | 1, 8);
	put(MIDDLE + 8, LOW | NEXT(1) | IR | IW | 1, 8);
	for (unsigned int i = 0; i < 512; i++)
		put(LOW + 8 * i, 0x18ff000 | NEXT(7) | IR | 1, 8);
	enter_amd();
	assert_int_equal(scan_agrees(), 512);
	nr_visited = 0;
	scan_start(&scan, &entrance.space, 0, 0x3fffff, false);
	scan.visit_table = visit;
	scan.arg = &nr_visited;
	while (scan_next(&scan, &scanned))
		;
	assert_int_equal(nr_visited, 2);
	finish();
}

static void amd_modes(void **state)
{
	(void)state;
	for (unsigned int mode = 0; mode <= 7; mode++) {
		amd(TOP | NEXT(mode) | IR | 3, 0, 0);
		enter_amd();
		if (mode == 0) {
			assert_int_equal(entrance.reach, DMA_PASS_THROUGH);
			assert_true(entrance.readable && !entrance.writable);
		} else if (mode == 7) {
			assert_int_equal(entrance.reach, DMA_UNKNOWN);
		} else {
			assert_int_equal(entrance.space.paging->nr_levels, mode);
			assert_int_equal(walk_to(mode == 6 ? UINT64_MAX :
							     (UINT64_C(1) << (12 + 9 * mode)) - 1),
					 WALK_NOT_PRESENT);
		}
		finish();
	}
}

/* 2.2.3: each level has nine bits, and the sixth has the remaining bits. */
static void amd_entries_of_each_level(void **state)
{
	(void)state;
	for (unsigned int levels = 1; levels <= 6; levels++)
		for (size_t i = 0; i < NR_INDEXES; i++) {
			amd(TOP | NEXT(levels) | IR | IW | 3, 0, 0);
			put_way(levels, indexes[i], IR | IW | 1, true);
			enter_amd();
			assert_int_equal(walk_to(address_of(levels, indexes[i]) | 0xabc),
					 WALK_MAPPED);
			assert_int_equal(walked.paddr, 0x6abc);
			assert_int_equal(walked.nr_steps, levels);
			finish();
		}
}

/* 2.2.3: bit 5 is A and bit 6 is D. */
static void amd_bits_that_are_noted(void **state)
{
	static const struct {
		uint64_t bits;
		bool noted;
	} rows[] = {
		{ 0, true },
		{ 1 << 5, true },
		{ 1 << 6, true },
		{ 3 << 5, true },
		{ 1 << 4, false },
		{ 1 << 7, false },
		{ UINT64_C(1) << 60, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		amd(TOP | NEXT(3) | IR | IW | 3, 0, 0);
		put(TOP + 8, MIDDLE | NEXT(2) | IR | IW | 1, 8);
		put(MIDDLE + 8, LOW | NEXT(1) | IR | IW | 1, 8);
		put_alike(0x6001 | IR, rows[i].bits);
		enter_amd();
		if (is_repeated() != rows[i].noted)
			fail_msg("%llx", (unsigned long long)rows[i].bits);
		finish();
	}
}

static void amd_flags(void **state)
{
	static const struct {
		uint64_t entry;
		const char *names;
	} rows[] = {
		{ 1, "PRESENT" },
		{ IR, "READ" },
		{ IW, "WRITE" },
		{ 1 << 5, "ACCESSED" },
		{ 1 << 6, "DIRTY" },
		{ UINT64_C(1) << 60, "COHERENT" },
		{ UINT64_C(1) << 59, "USER" },
		{ UINT64_MAX, "PRESENT|READ|WRITE|ACCESSED|DIRTY|COHERENT|USER" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *flags[MOST_ENTRY_BITS];
		unsigned int nr = entry_bit_names(second_stage_paging(STAGE_AMD_IOMMU, 3), 2,
						  rows[i].entry, flags);

		expect_names(flags, nr, rows[i].names);
	}
}

static void amd_six_levels(void **state)
{
	(void)state;
	amd(TOP | NEXT(6) | IR | IW | 3, 0, 0);
	put(TOP + 8 * 127, MIDDLE | NEXT(5) | IR | IW | 1, 8);
	put(MIDDLE, LOW | NEXT(4) | IR | IW | 1, 8);
	put(LOW, LAST | NEXT(3) | IR | IW | 1, 8);
	put(LAST, TOP | NEXT(2) | IR | IW | 1, 8);
	put(TOP, CONTEXT | NEXT(1) | IR | IW | 1, 8);
	put(CONTEXT, 0x9000 | IR | IW | 1, 8);
	enter_amd();
	assert_int_equal(walk_to((uint64_t)127 << 57 | 5), WALK_MAPPED);
	assert_int_equal(walked.paddr, 0x9005);
	assert_int_equal(walked.nr_steps, 6);
	finish();
}

static void amd_devices(void **state)
{
	static const struct {
		uint64_t first;
		enum dma_reach reach;
		const char *flags;
	} devices[] = {
		{ 0, DMA_PASS_THROUGH, "" },
		{ 1, DMA_UNKNOWN, "VALID" },
		{ 3, DMA_BLOCKED, "VALID|TRANSLATION" },
		{ 3 | IR, DMA_PASS_THROUGH, "VALID|TRANSLATION|READ" },
		{ 3 | IW, DMA_PASS_THROUGH, "VALID|TRANSLATION|WRITE" },
		{ 3 | IR | IW, DMA_PASS_THROUGH, "VALID|TRANSLATION|READ|WRITE" },
		/* GIOV has no meaning without GV. */
		{ 3 | IR | UINT64_C(1) << 54 | NEXT(1) | TOP, DMA_TRANSLATED,
		  "VALID|TRANSLATION|READ" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		amd(devices[i].first, 0, 0);
		enter_amd();
		assert_int_equal(entrance.reach, devices[i].reach);
		assert_false(entrance.first_stage);
		assert_int_equal(entrance.nr_heads, 1);
		expect_head(0, "device", DEVICE, devices[i].flags);
		finish();
	}
	/* Only two words are needed, and these may be the last in memory. */
	start();
	put(MEMORY_SIZE - 16, 3 | IR, 8);
	kernel = memory_open(NULL, NULL);
	amd_iommu_enter(kernel, MEMORY_SIZE - 16, &entrance);
	assert_int_equal(entrance.reach, DMA_PASS_THROUGH);
	amd_iommu_enter(kernel, MEMORY_SIZE - 8, &entrance);
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	finish();
}

/* The address of the table of GCR3 registers is in three parts of the entry: a, b and c. */
static void amd_by_gcr3(void **state)
{
	const uint64_t GV = UINT64_C(1) << 55, GIOV = UINT64_C(1) << 54;

	(void)state;
	amd(3 | IR | IW | GV | GIOV | (uint64_t)(DIRECTORY >> 12 & 7) << 58,
	    (uint64_t)(DIRECTORY >> 15) << 16, 0);
	put(DIRECTORY, LOW | 1, 8);
	enter_amd();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_true(entrance.first_stage);
	assert_int_equal(entrance.space.paging->nr_levels, 4);
	assert_int_equal(entrance.space.root, LOW);
	finish();
	/* Two levels of GCR3 tables, and five levels of page tables. DEVICE needs bit 15. */
	amd(3 | IR | IW | GV | GIOV | UINT64_C(1) << 56 | (uint64_t)(LAST >> 12 & 7) << 58,
	    (uint64_t)(LAST >> 15) << 16, UINT64_C(1) << 54);
	put(LAST, PASIDS | 1, 8);
	put(PASIDS, TOP | 1, 8);
	enter_amd();
	assert_int_equal(entrance.nr_heads, 3);
	assert_int_equal(entrance.space.paging->nr_levels, 5);
	assert_int_equal(entrance.space.root, TOP);
	finish();
	/* GLX 3 is reserved. All other values are valid. */
	amd(3 | IR | IW | GV | GIOV | UINT64_C(3) << 56 | (uint64_t)(LAST >> 12 & 7) << 58,
	    (uint64_t)(LAST >> 15) << 16, 0);
	put(LAST, LAST | 1, 8);
	enter_amd();
	expect_head(0, "device", DEVICE, "VALID|TRANSLATION|READ|WRITE|GCR3");
	assert_int_equal(entrance.reach, DMA_UNKNOWN);
	assert_int_equal(entrance.nr_heads, 1);
	finish();
	amd(3 | IR | IW | GV | GIOV | NEXT(4) | TOP, 0, 0);
	enter_amd();
	assert_int_equal(entrance.reach, DMA_UNKNOWN); /* nested */
	finish();
	/* Requests without a PASID use the other table. */
	amd(3 | IR | IW | GV | NEXT(4) | TOP, 0, 0);
	enter_amd();
	assert_int_equal(entrance.reach, DMA_TRANSLATED);
	assert_false(entrance.first_stage);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amd_pages_of_any_power),
		cmocka_unit_test(amd_pages_smaller_than_an_entry),
		cmocka_unit_test(amd_page_of_a_whole_table),
		cmocka_unit_test(amd_modes),
		cmocka_unit_test(amd_entries_of_each_level),
		cmocka_unit_test(amd_bits_that_are_noted),
		cmocka_unit_test(amd_flags),
		cmocka_unit_test(amd_six_levels),
		cmocka_unit_test(amd_devices),
		cmocka_unit_test(amd_by_gcr3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
