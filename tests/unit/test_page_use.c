/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The use of a frame: free blocks, owners, and pages of zeros. */
#include "query/translate.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/page/page_reader.h"
#include "linux/page/page_use.h"
#include "kernel/kernel.h"
#include "made_frames.h"
#include "memory.h"

#include "unit.h"

/* --- uses of a frame --- */

static void put_free(uint64_t pfn, uint64_t order)
{
	put(page_at(pfn) + 48, (uint32_t)~0x80, 4);
	put(page_at(pfn) + 40, order, 8);
}

/* Only the first frame of a block is marked, with its order. */
static void free_blocks(void **state)
{
	static const struct {
		uint64_t pfn;
		enum page_use_kind kind;
		uint64_t first;
		unsigned int order;
	} rows[] = {
		{ 6, PAGE_USE_UNKNOWN, 0, 0 }, { 7, PAGE_USE_UNKNOWN, 0, 0 },
		{ 5, PAGE_USE_FREE, 4, 1 },    { 4, PAGE_USE_FREE, 4, 1 },
		{ 6, PAGE_USE_UNKNOWN, 0, 0 }, { 3, PAGE_USE_FREE, 3, 0 },
		{ 15, PAGE_USE_FREE, 8, 3 },   { 8, PAGE_USE_FREE, 8, 3 },
		{ 11, PAGE_USE_FREE, 8, 3 },   { 7, PAGE_USE_UNKNOWN, 0, 0 },
		{ 2, PAGE_USE_FREE, 2, 0 },    { 1, PAGE_USE_UNKNOWN, 0, 0 },
		{ 3, PAGE_USE_FREE, 3, 0 },
	};

	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		size_t nr = sizeof(rows) / sizeof(rows[0]);
		struct kernel *kernel;

		start_flat();
		put_free(2, 0);
		put_free(3, 0);
		put_free(4, 1);
		put_free(8, 3);
		kernel = memory_open(NULL, NULL);
		for (size_t i = 0; i < nr; i++) {
			size_t row = backwards ? nr - 1 - i : i;
			struct page_use use = use_of(kernel, rows[row].pfn, rows[row].kind);

			if (use.kind != PAGE_USE_FREE)
				continue;
			assert_true(use.has_order);
			assert_int_equal(use.order, rows[row].order);
			assert_true(use.head_pfn == rows[row].first);
		}
		open_close(kernel);
	}
	for (int way = 0; way < 4; way++) {
		struct kernel *kernel;

		start_flat();
		if (way == 0)
			put_free(0, 15); /* the largest possible order */
		else if (way == 1)
			put_free(0, 16);
		else if (way == 2)
			put_free(6, 2); /* not at a multiple of the block's size */
		else
			put(page_at(7) + 52, 1, 4); /* in use */
		if (way == 3)
			put_free(6, 1);
		kernel = memory_open(NULL, NULL);
		use_of(kernel, 7, way ? PAGE_USE_UNKNOWN : PAGE_USE_FREE);
		open_close(kernel);
	}
}

static void owners_and_flags(void **state)
{
	/* the mapping is at 24: include/linux/page-flags.h */
	static const struct {
		uint64_t flags, mapping, private;
		enum page_use_kind kind;
		uint64_t object;
		bool has_index, has_swap;
	} rows[] = {
		{ 0, 0xffff888000001000, 0, PAGE_USE_FILE, 0xffff888000001000, true, false },
		{ 0, 0xffff888000001001, 0, PAGE_USE_ANON, 0xffff888000001000, true, false },
		{ 0, 0xffff888000001002, 0, PAGE_USE_MOVABLE, 0xffff888000001000, false, false },
		{ 0, 0xffff888000001003, 0, PAGE_USE_KSM, 0xffff888000001000, true, false },
		{ 0, 0xfe00000000001001, 0, PAGE_USE_UNKNOWN, 0, false, false },
		{ 0, 1, 0, PAGE_USE_UNKNOWN, 0, false, false },
		{ 1 << 10 | 1 << 19, 0xffff888000001001, UINT64_C(3) << 58 | 0x1234, PAGE_USE_ANON,
		  0xffff888000001000, true, true },
		{ 1 << 10, 0xffff888000001001, UINT64_C(3) << 58, PAGE_USE_ANON, 0xffff888000001000,
		  true, false },
		{ 1 << 19, 0xffff888000001001, UINT64_C(3) << 58, PAGE_USE_ANON, 0xffff888000001000,
		  true, false },
		{ 1 << 12, 0xffff888000001001, 0, PAGE_USE_RESERVED, 0, false, false },
		{ 1 << 7, 0xffff888000001001, 0, PAGE_USE_SLAB, 0, false, false },
		{ 1 << 7 | 1 << 12, 0, 0, PAGE_USE_RESERVED, 0, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_use use;
		struct kernel *kernel;

		start_flat();
		put(page_at(3), rows[i].flags, 8);
		put(page_at(3) + 24, rows[i].mapping, 8);
		put(page_at(3) + 32, 0x77, 8);
		put(page_at(3) + 40, rows[i].private, 8);
		put(page_at(3) + 52, 1, 4);
		kernel = memory_open(NULL, NULL);
		use = use_of(kernel, 3, rows[i].kind);
		assert_true(use.object == rows[i].object);
		assert_int_equal(use.has_index, rows[i].has_index);
		if (use.has_index)
			assert_true(use.index == 0x77);
		assert_int_equal(use.has_swap, rows[i].has_swap);
		if (use.has_swap) {
			assert_true(use.swap_type == 3);
			assert_true(use.swap_offset == 0x1234);
		}
		open_close(kernel);
	}
}

/* If one of these members is missing, swap entries and the index are unknown. A note may give the
 * offset 0 for a member. */
static void members_that_are_missing(void **state)
{
	static const struct {
		const char *release, *note;
		bool has_swap, has_index;
	} rows[] = {
#define WITHOUT                                                                                    \
	"SIZE(page)=64\nSYMBOL(mem_map)=ffffffff80005000\n"                                        \
	"OFFSET(page.flags)=8\nOFFSET(page.compound_head)=16\n"                                    \
	"OFFSET(page.mapping)=24\nNUMBER(PG_head_mask)=65536\n"
#define WITH_SWAP "NUMBER(PG_swapcache)=10\nNUMBER(PG_swapbacked)=19\n"
		{ "6.1.0", WITHOUT WITH_SWAP "OFFSET(page.private)=40\n", true, false },
		{ "6.1.0", WITHOUT WITH_SWAP "OFFSET(page.private)=0\n", true, false },
		{ "6.1.0", WITHOUT WITH_SWAP, false, false },
		{ "6.1.0", WITHOUT "OFFSET(page.private)=40\n", false, false },
		/* 4.18 of a distribution: the place of the type is unknown */
		{ "4.18.0-x", WITHOUT WITH_SWAP "OFFSET(page.private)=40\n", false, false },
		{ "6.1.0", WITHOUT "OFFSET(page.index)=32\n", false, true },
		{ "6.1.0", WITHOUT "OFFSET(page.index)=0\n", false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_use use;
		struct kernel *kernel;

		memory_start_64(rows[i].release, rows[i].note);
		put(0x5000, IMAGE + PAGES, 8);
		put(page_at(3), UINT64_C(3) << 58 | 0x1235, 8);
		put(page_at(3) + 8, 1 << 10 | 1 << 19, 8);
		put(page_at(3) + 24, 0xffff888000001001, 8);
		put(page_at(3) + 32, UINT64_C(3) << 58 | 0x1235, 8);
		put(page_at(3) + 40, UINT64_C(3) << 58 | 0x1235, 8);
		kernel = memory_open(NULL, NULL);
		use = use_of(kernel, 3, PAGE_USE_ANON);
		if (use.has_swap != rows[i].has_swap || use.has_index != rows[i].has_index)
			fail_msg("row %zu", i);
		if (use.has_swap)
			assert_true(use.swap_type == 3 && use.swap_offset == 0x1235);
		if (use.has_index)
			assert_true(use.index == (UINT64_C(3) << 58 | 0x1235));
		assert_false(use.unreferenced || use.refcount || use.mapcount);
		open_close(kernel);
	}
}

/* The same for the members that show whether a block is free: _refcount and private. */
static void free_blocks_by_other_members(void **state)
{
	static const struct {
		const char *note;
		bool unreferenced, free;
	} rows[] = {
		{ "", false, false },
		{ "OFFSET(page._refcount)=0\n", true, false },
		{ "OFFSET(page._refcount)=52\n", true, false },
		{ "OFFSET(page._refcount)=52\nOFFSET(page.private)=0\n", true, true },
		{ "OFFSET(page._refcount)=52\nOFFSET(page.private)=40\n", true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_use use;
		struct kernel *kernel;
		char note[768];

		snprintf(note, sizeof(note), WITHOUT "OFFSET(page._mapcount)=48\n%s", rows[i].note);
		memory_start_64("6.1.0", note);
		put(0x5000, IMAGE + PAGES, 8);
		put(page_at(5) + 48, UINT32_MAX, 4);
		put(page_at(4), 1, 8);
		put(page_at(4) + 48, (uint32_t)~0x80, 4);
		put(page_at(4) + 52, 1, 4);
		kernel = memory_open(NULL, NULL);
		use = use_of(kernel, 5, rows[i].free ? PAGE_USE_FREE : PAGE_USE_UNKNOWN);
		if (use.unreferenced != (rows[i].unreferenced))
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* 32 bits: an object is in the kernel's half, which may begin at any address. Numbers below 1000
 * and poison values are not objects. */
static void owners_of_i386(void **state)
{
	static const struct {
		uint32_t mapping, object;
	} rows[] = {
		{ 0xc1234001, 0xc1234000 },
		{ 0x1001, 0x1000 },
		{ 0xffd, 0 },
		{ 0xfff, 0 },
		{ 0x801, 0 },
		{ 0x1, 0 },
		{ 0xffffff01, 0xffffff00 },
		{ 0x2001, 0x2000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_use use;
		struct kernel *kernel;

		memory_start(true, "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=c0001000\n"
				   "SYMBOL(_stext)=c1000000\nSYMBOL(mem_map)=c0005000\n"
				   "SIZE(page)=32\nOFFSET(page.flags)=0\n"
				   "OFFSET(page.compound_head)=4\nOFFSET(page.mapping)=12\n"
				   "NUMBER(PG_head_mask)=65536\n");
		put(0x1000 + 4 * (0xc0000000 >> 22), P | RW | PS, 4);
		put(0x5000, 0xc0000000 + PAGES, 4);
		put(PAGES + 3 * 32 + 12, rows[i].mapping, 4);
		kernel = memory_open(NULL, NULL);
		use = use_of(kernel, 3, rows[i].object ? PAGE_USE_ANON : PAGE_USE_UNKNOWN);
		assert_true(use.object == rows[i].object);
		open_close(kernel);
	}
}

/* A pointer into the middle of a struct page is refused. The message gives the distance from the
 * start. */
static void pointers_to_pages(void **state)
{
	struct kernel *kernel;
	struct error err;
	uint64_t pfn;

	(void)state;
	start_flat();
	kernel = memory_open(NULL, NULL);
	assert_true(page_pfn(kernel, IMAGE + page_at(3), &pfn, &err));
	assert_int_equal(pfn, 3);
	assert_false(page_pfn(kernel, IMAGE + page_at(3) + 8, &pfn, &err));
	assert_non_null(strstr(err.message, "but is 8 bytes inside the struct page at"));
	open_close(kernel);
}

/* --- pages of zeros --- */

static void zero_pages(void **state)
{
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0", FLAT "SYMBOL(huge_zero_pfn)=ffffffff80006000\n"
				      "SYMBOL(empty_zero_page)=ffffffff80007000\n");
	put(0x6000, 0x600, 8);
	kernel = memory_open(NULL, NULL);
	assert_false(query_is_zero_page(kernel, 0x5fffff));
	assert_true(query_is_zero_page(kernel, 0x600000));
	assert_true(query_is_zero_page(kernel, 0x7fffff));
	assert_false(query_is_zero_page(kernel, 0x800000));
	assert_false(query_is_zero_page(kernel, 0x6fff));
	assert_true(query_is_zero_page(kernel, 0x7000));
	assert_true(query_is_zero_page(kernel, 0x7fff));
	assert_false(query_is_zero_page(kernel, 0x8000));
	assert_false(query_is_zero_page(kernel, 0));
	open_close(kernel);
	/* a struct page before 5.12 */
	memory_start_64("5.10.0", FLAT "SYMBOL(huge_zero_page)=ffffffff80006000\n");
	put(0x5000, IMAGE + PAGES, 8);
	put(0x6000, IMAGE + page_at(2), 8);
	kernel = memory_open(NULL, NULL);
	assert_false(query_is_zero_page(kernel, 0x1fff));
	assert_true(query_is_zero_page(kernel, 0x2000));
	assert_true(query_is_zero_page(kernel, 0x201fff));
	assert_false(query_is_zero_page(kernel, 0x202000));
	open_close(kernel);
	/* neither page of zeros is known */
	memory_start_64("6.1.0", FLAT);
	kernel = memory_open(NULL, NULL);
	assert_false(query_is_zero_page(kernel, 0));
	assert_false(query_is_zero_page(kernel, 0x1000));
	open_close(kernel);
}

/* --- frames one after the other --- */

enum { WINDOW = 128 };

/* Fills struct pages with free blocks, frames in use and frames without references. Blocks may
 * overlap, as in a damaged memory map. */
static void put_window(uint8_t bytes[WINDOW * 64], unsigned int seed)
{
	memset(bytes, 0, WINDOW * 64);
	for (unsigned int pfn = 0; pfn < WINDOW; pfn++) {
		uint8_t *page = bytes + (size_t)pfn * 64;

		seed = seed * 1103515245 + 12345;
		memset(page + 48, 0xff, 4);
		if ((seed >> 16) % 8 == 0)
			page[52] = 1;
		if ((seed >> 16) % 16 != 1)
			continue;
		page[48] = (uint8_t)~0x80;
		page[40] = (uint8_t)((seed >> 24) % 6);
	}
}

/* What a reader remembers of a frame that is in no free block does not change the use of the next
 * frames. */
static void use_after_other_frames(void **state)
{
	static uint8_t bytes[WINDOW * 64];
	unsigned int nr_free = 0;
	struct kernel *kernel;

	(void)state;
	start_flat();
	kernel = memory_open(NULL, NULL);
	for (unsigned int seed = 1; seed < 400; seed++) {
		struct page_reader reader = {
			.layout = page_layout_of(kernel, NULL),
			.window = { .first = 0, .nr = WINDOW, .page = 0x10000, .bytes = bytes },
		};
		/* Some frames are left out, as if they were the tails of compound pages. */
		unsigned int step = seed % 4 ? 1 : 1 + seed % 3;

		put_window(bytes, seed);
		for (uint64_t pfn = seed % 5; pfn < WINDOW; pfn += pfn % 7 ? 1 : step) {
			struct page_reader other = reader;
			struct page_use use, alone;

			other.has_lone = false;
			assert_true(page_reader_use(&reader, pfn, &use, NULL));
			assert_true(page_reader_use(&other, pfn, &alone, NULL));
			assert_int_equal(use.kind, alone.kind);
			assert_int_equal(use.unreferenced, alone.unreferenced);
			nr_free += use.kind == PAGE_USE_FREE;
		}
	}
	assert_true(nr_free > 1000);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_blocks),
		cmocka_unit_test(owners_and_flags),
		cmocka_unit_test(members_that_are_missing),
		cmocka_unit_test(free_blocks_by_other_members),
		cmocka_unit_test(owners_of_i386),
		cmocka_unit_test(pointers_to_pages),
		cmocka_unit_test(zero_pages),
		cmocka_unit_test(use_after_other_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
