/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Physical memory that devices can access through the tables of IOMMUs: pages, rights, the range
 * that is cut out for interrupts, and missing parts. */
#include "made_io_tables.h"

static const struct io_run expected_runs[] = {
	{ 0x4000, 0x4fff, 0x209000, 0, true },
	{ 0x5000, 0x6fff, 0x200000, 0, true },
	{ 0x6000, 0x6fff, 0x208000, 0, true },
	{ 0x7000, 0x7fff, 0x202000, 0, false },
	{ 0x9000, 0xafff, 0x203000, 0, true },
	{ 0xb000, 0xbfff, 0x206000, 0, true },
	{ 0x207000, 0x207fff, 0x207000, 0, true },
	{ 0x40100000, 0x401fffff, 0xfef00000, 0, true },
	{ 0x40200000, 0x403fffff, 0xfec00000, 0, true },
	{ 0x40800000, 0x409fffff, 0xff000000, 0, true },
	{ 0x80000000, 0xbfffffff, 0x40000000, 0, false },
};
enum { NR_RUNS = sizeof(expected_runs) / sizeof(expected_runs[0]) };

static void expect_runs(const struct io_pages *pages, const struct io_run *expected, size_t nr)
{
	for (size_t i = 0; i < pages->nr && i < nr; i++) {
		const struct io_run *run = &pages->run[i], *want = &expected[i];

		if (run->first != want->first || run->last != want->last || run->bus != want->bus ||
		    run->table != want->table || run->writable != want->writable)
			fail_msg("run %zu: %llx to %llx at %llx", i, (unsigned long long)run->first,
				 (unsigned long long)run->last, (unsigned long long)run->bus);
	}
	assert_int_equal(pages->nr, nr);
}

static void expect_ranges(const struct io_ranges *ranges, const struct io_range *expected,
			  size_t nr)
{
	for (size_t i = 0; i < ranges->nr && i < nr; i++)
		if (ranges->range[i].first != expected[i].first ||
		    ranges->range[i].last != expected[i].last)
			fail_msg("range %zu: %llx to %llx", i,
				 (unsigned long long)ranges->range[i].first,
				 (unsigned long long)ranges->range[i].last);
	assert_int_equal(ranges->nr, nr);
}

static void find(struct io_pages *pages)
{
	struct error err = { .message = "" };

	if (!io_pages_find(pages, kernel, &err))
		fail_msg("%s", err.message);
}

static void pages_of_a_table(void **state)
{
	static const struct io_range writable[] = {
		{ 0x4000, 0x6fff },	    { 0x9000, 0xbfff },		{ 0x207000, 0x207fff },
		{ 0x40100000, 0x403fffff }, { 0x40800000, 0x409fffff },
	};
	static const struct io_range allocated[] = {
		{ 0x4000, 0x6fff },
		{ 0x9000, 0xbfff },
		{ 0x40100000, 0x403fffff },
		{ 0x40800000, 0x409fffff },
	};
	static const struct io_table_page expected[] = {
		{ 0x4000, IO_HEAD, 0 }, { 0x5000, IO_HEAD, 0 }, { 0x8000, 30, 0 },
		{ 0x9000, 21, 0 },	{ 0xa000, 12, 0 },	{ 0xb000, 21, 0 },
	};
	enum { NR = sizeof(expected) / sizeof(expected[0]) };
	struct io_pages pages;

	(void)state;
	start();
	put_tables();
	open_kernel();
	add_device(DMA_TRANSLATED, 0);
	add_device(DMA_TRANSLATED, 0);
	find(&pages);
	assert_true(pages.io.whole);
	assert_int_equal(pages.nr_corrupt, 0);
	assert_int_equal(pages.nr_direct, 0);
	expect_runs(&pages, expected_runs, NR_RUNS);
	expect_ranges(&pages.writable, writable, 5);
	expect_ranges(&pages.allocated, allocated, 4);
	assert_int_equal(pages.nr_pages, NR);
	for (size_t i = 0; i < NR; i++) {
		if (pages.page[i].paddr != expected[i].paddr ||
		    pages.page[i].shift != expected[i].shift)
			fail_msg("page %zu: %llx, %u", i, (unsigned long long)pages.page[i].paddr,
				 pages.page[i].shift);
		assert_true(pages.page[i].device < 2);
	}
	finish(&pages);
}

/* Both the entries above the table and the entry of the page must allow an access. */
static void rights_of_pages(void **state)
{
	(void)state;
	for (unsigned int entry = READ; entry <= BOTH; entry++)
		for (unsigned int table = 0; table <= BOTH; table++) {
			bool writes = entry & table & WRITE, reads = entry & table & READ;
			struct io_pages pages;

			start();
			put(TOP, MIDDLE | BOTH, 8);
			put(MIDDLE, LOW | BOTH, 8);
			put(LOW, 0x5000 | entry, 8);
			open_kernel();
			add_device(DMA_TRANSLATED, 0);
			tables[0].readable = table & READ;
			tables[0].writable = table & WRITE;
			find(&pages);
			assert_int_equal(pages.nr, writes || reads);
			if (pages.nr)
				assert_int_equal(pages.run[0].writable, writes);
			assert_int_equal(pages.writable.nr, writes);
			finish(&pages);
		}
}

/* Adjacent pages of two tables are two runs. No entry of either table is lost. */
static void pages_of_two_tables(void **state)
{
	static const struct io_run expected[] = {
		{ 0x5000, 0x5fff, 0, 0, true },
		{ 0x6000, 0x6fff, 0x1000, 1, true },
	};
	static const struct io_range writable[] = { { 0x5000, 0x6fff } };
	struct io_pages pages;

	(void)state;
	start();
	put(TOP, MIDDLE | BOTH, 8);
	put(MIDDLE, LOW | BOTH, 8);
	put(LOW, 0x5000 | BOTH, 8);
	put(TOP_2, MIDDLE_2 | BOTH, 8);
	put(MIDDLE_2, LOW_2 | BOTH, 8);
	put(LOW_2 + 8, 0x6000 | BOTH, 8);
	open_kernel();
	add_device(DMA_TRANSLATED, 0);
	add_device(DMA_TRANSLATED, 1);
	find(&pages);
	expect_runs(&pages, expected, 2);
	expect_ranges(&pages.writable, writable, 1);
	/* both directories; one page each for root and contexts; three tables of each device */
	assert_int_equal(pages.nr_pages, 2 + 3 + 3);
	assert_int_equal(pages.page[7].paddr, LOW_2);
	assert_int_equal(pages.page[7].device, 1);
	finish(&pages);
}

/* A page within another run is part of that run. Pages that touch a run, and pages that do not. */
static void ranges_that_overlap(void **state)
{
	static const struct {
		uint64_t pages[3];
		size_t nr;
		struct io_range range[3];
	} rows[] = {
		{ { 0x5000, 0x5000, 0x5000 }, 1, { { 0x5000, 0x5fff } } },
		{ { 0x5000, 0x6000, 0x5000 }, 1, { { 0x5000, 0x6fff } } },
		{ { 0x5000, 0x6000, 0x6000 }, 1, { { 0x5000, 0x6fff } } },
		{ { 0x7000, 0x5000, 0x6000 }, 1, { { 0x5000, 0x7fff } } },
		{ { 0x7000, 0x5000, 0x9000 },
		  3,
		  { { 0x5000, 0x5fff }, { 0x7000, 0x7fff }, { 0x9000, 0x9fff } } },
		{ { 0x9000, 0x5000, 0x6000 }, 2, { { 0x5000, 0x6fff }, { 0x9000, 0x9fff } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct io_pages pages;

		start();
		put(TOP, MIDDLE | BOTH, 8);
		put(MIDDLE, LOW | BOTH, 8);
		for (unsigned int nr = 0; nr < 3; nr++)
			put(LOW + 16 * nr, rows[i].pages[nr] | BOTH, 8);
		open_kernel();
		add_device(DMA_TRANSLATED, 0);
		find(&pages);
		expect_ranges(&pages.writable, rows[i].range, rows[i].nr);
		finish(&pages);
	}
}

/* A table is not in the dump, or entries are corrupt. The first of these is reported, and the rest
 * of the table is read. */
static void gaps_in_tables(void **state)
{
	static const struct {
		uint64_t entry; /* the first entry of the 2M */
		uint64_t nr_corrupt;
	} rows[] = {
		{ 0x40201000 | BOTH | LARGE, 2 }, /* not aligned */
		{ 0x200000 | BOTH, 1 }, /* not in the dump */
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct io_pages pages;

		start();
		put(TOP, MIDDLE | BOTH, 8);
		put(MIDDLE + 8, rows[i].entry, 8);
		put(MIDDLE + 16, LOW | BOTH, 8);
		put(MIDDLE + 32, 0x40201000 | BOTH | LARGE, 8);
		put(LOW, 0x5000 | BOTH, 8);
		put(TOP_2, 0x300000 | BOTH, 8);
		open_kernel();
		add_device(DMA_TRANSLATED, 0);
		add_device(DMA_TRANSLATED, 1);
		find(&pages);
		assert_false(pages.io.whole);
		assert_non_null(strstr(pages.io.gap.message, "the page table at 8000"));
		assert_non_null(strstr(pages.io.gap.message, ", of 0000:00:00.0, has parts"));
		assert_non_null(strstr(pages.io.gap.message, "for the bus address 200000"));
		assert_int_equal(pages.nr_corrupt, rows[i].nr_corrupt);
		assert_int_equal(pages.corrupt_table, 0);
		assert_int_equal(pages.corrupt.first, i ? 0x800000 : 0x200000);
		assert_int_equal(pages.nr, 1);
		finish(&pages);
	}
}

/* 2^21 runs are kept. 512 pages without neighbours appear 512 times, and this is repeated eight
 * times. */
static void the_most_runs(void **state)
{
	(void)state;
	for (unsigned int more = 0; more < 2; more++) {
		struct io_pages pages;

		start();
		for (uint64_t i = 0; i < 512; i++) {
			put(MIDDLE + 8 * i, LOW | BOTH, 8);
			put(LOW + 8 * i, (i + 1) << 13 | READ, 8);
		}
		for (uint64_t i = 0; i < 8; i++)
			put(TOP + 8 * (i < 3 ? i : i + 1), MIDDLE | BOTH, 8);
		if (more) {
			put(TOP + 8 * 20, UPPER | BOTH, 8);
			put(UPPER, LOW_2 | BOTH, 8);
			put(LOW_2, 0x5000 | READ, 8);
		}
		open_kernel();
		add_device(DMA_TRANSLATED, 0);
		find(&pages);
		assert_int_equal(pages.nr, 1 << 21);
		assert_int_equal(pages.io.whole, !more);
		if (more)
			assert_non_null(strstr(pages.io.gap.message,
					       "was searched only to the bus address"));
		finish(&pages);
	}
}

/* A table that points to itself. */
static void a_table_without_end(void **state)
{
	struct io_pages pages;

	(void)state;
	start();
	for (uint64_t i = 0; i < 512; i++) {
		put(TOP + 8 * i, MIDDLE | BOTH, 8);
		put(MIDDLE + 8 * i, LOW | BOTH, 8);
	}
	open_kernel();
	add_device(DMA_TRANSLATED, 0);
	find(&pages);
	assert_false(pages.io.whole);
	assert_non_null(strstr(pages.io.gap.message, "has tables that point to each other"));
	finish(&pages);
}

/* --- devices without a table --- */

static void devices_without_a_table(void **state)
{
	static const struct {
		enum dma_reach reach;
		uint32_t class;
		bool has_mask;
		uint64_t mask;
		bool direct;
	} rows[] = {
		{ DMA_DIRECT, 0x010802, true, 0xffffffff, true },
		{ DMA_PASS_THROUGH, 0x010802, true, 0xffffff, true },
		{ DMA_PASS_THROUGH, 0x010802, false, 0xffffff, true },
		{ DMA_BLOCKED, 0x010802, false, 0, false },
		{ DMA_UNKNOWN, 0x010802, false, 0, false },
		{ DMA_DIRECT, 0x080600, false, 0, false },
		{ DMA_DIRECT, 0x080610, false, 0, false },
		{ DMA_DIRECT, 0x080700, true, 1, true },
		{ DMA_DIRECT, 0x080500, true, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int first = 0; first < 2; first++) {
			uint64_t own = rows[i].has_mask ? rows[i].mask : UINT64_MAX;
			struct io_pages pages;

			start();
			open_kernel();
			add_device(first ? rows[i].reach : DMA_DIRECT, 0);
			add_device(first ? DMA_DIRECT : rows[i].reach, 0);
			for (int nr = 0; nr < 2; nr++)
				functions[nr] = (struct pci_function){ .has_mask = true,
								       .dma_mask = 0xffff };
			functions[!first].class = rows[i].class;
			functions[!first].has_mask = rows[i].has_mask;
			functions[!first].dma_mask = rows[i].mask;
			find(&pages);
			if (pages.nr_direct != 1u + rows[i].direct ||
			    pages.direct_last != (rows[i].direct && own > 0xffff ? own : 0xffff))
				fail_msg("row %zu", i);
			assert_int_equal(pages.nr_pages, 0);
			finish(&pages);
		}
}

/* If the entries above the table are not in the dump, they are not pages. */
static void heads_that_are_missing(void **state)
{
	struct io_pages pages;

	(void)state;
	start();
	open_kernel();
	add_device(DMA_UNKNOWN, 0);
	devices[0].dma.entrance.nr_heads = 3;
	devices[0].dma.entrance.head[0] = (struct dma_head){ .paddr = 0x7123, .read = true };
	devices[0].dma.entrance.head[1] = (struct dma_head){ .paddr = 0x8000 };
	devices[0].dma.entrance.head[2] = (struct dma_head){ .paddr = 0x6fff, .read = true };
	devices[0].dma.entrance.head[3] = (struct dma_head){ .paddr = 0x9000, .read = true };
	find(&pages);
	assert_int_equal(pages.nr_pages, 2);
	assert_int_equal(pages.page[0].paddr, 0x6000);
	assert_int_equal(pages.page[1].paddr, 0x7000);
	assert_int_equal(pages.page[1].shift, IO_HEAD);
	finish(&pages);
}

/* --- how much of a range --- */

static void bytes_in_ranges(void **state)
{
	static struct io_range range[] = { { 0x10, 0x1f }, { 0x30, 0x30 }, { 0x40, 0x4f } };
	struct io_pages pages = { .writable = { .range = range, .nr = 3 } };
	uint64_t in;

	(void)state;
	for (uint64_t first = 0; first < 0x60; first++)
		for (uint64_t last = first; last < 0x60; last++) {
			uint64_t nr = 0;

			for (uint64_t at = first; at <= last; at++)
				for (size_t i = 0; i < 3; i++)
					nr += at >= range[i].first && at <= range[i].last;
			in = io_ranges_within(&pages.writable, first, last);
			if (in != nr)
				fail_msg("%llx to %llx: %llu", (unsigned long long)first,
					 (unsigned long long)last, (unsigned long long)in);
			for (uint64_t direct = 0; direct < 0x60; direct += 7) {
				uint64_t all = 0;

				pages.nr_direct = 1;
				pages.direct_last = direct;
				for (uint64_t at = first; at <= last; at++)
					all += at <= direct ||
					       io_ranges_within(&pages.writable, at, at);
				if (io_pages_writable(&pages, first, last) != all)
					fail_msg("%llx to %llx, %llx", (unsigned long long)first,
						 (unsigned long long)last,
						 (unsigned long long)direct);
			}
			pages.nr_direct = 0;
			assert_true(io_pages_writable(&pages, first, last) == nr);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_a_table),	  cmocka_unit_test(rights_of_pages),
		cmocka_unit_test(pages_of_two_tables),	  cmocka_unit_test(ranges_that_overlap),
		cmocka_unit_test(gaps_in_tables),	  cmocka_unit_test(the_most_runs),
		cmocka_unit_test(a_table_without_end),	  cmocka_unit_test(devices_without_a_table),
		cmocka_unit_test(heads_that_are_missing), cmocka_unit_test(bytes_in_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
