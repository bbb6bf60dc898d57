/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compound pages: heads and tails, orders, hugetlb, counts. */
#include "linux/page/page_info.h"
#include "linux/page/page_layout.h"
#include "linux/page/page_use.h"
#include "kernel/kernel.h"
#include "made_frames.h"
#include "memory.h"

#include "unit.h"

/* Frames 4 to 7: the order is in the first tail page, and the index and owner are those in the head
 * page. */
static void compound_pages(void **state)
{
	static const struct {
		unsigned int order;
		/* Frame number of the head that the struct page of frame 5 gives. */
		uint64_t pfn, head;
		bool right;
	} rows[] = {
		{ 2, 5, 4, true },   { 2, 7, 4, true },	 { 2, 4, 4, true },
		{ 1, 6, 4, false },  { 1, 5, 4, true },	 { 29, 5, 4, true },
		{ 30, 5, 4, false }, { 2, 5, 5, false }, { 2, 5, 6, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct compound compound;
		struct page_words words;
		struct kernel *kernel;

		start_flat();
		put(page_at(4), 1 << 16, 8);
		put(page_at(4) + 24, 0xffff888000001001, 8);
		put(page_at(4) + 32, 0x70, 8);
		for (uint64_t pfn = 5; pfn < 8; pfn++)
			put(page_at(pfn) + 8, IMAGE + page_at(rows[i].head) + 1, 8);
		put(page_at(5) + 17, rows[i].order, 1);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(page_compound(kernel, rows[i].pfn, &words, &compound),
				 rows[i].right);
		if (rows[i].right) {
			struct page_use use = use_of(kernel, rows[i].pfn, PAGE_USE_ANON);

			assert_true(compound.compound && compound.has_order);
			assert_true(compound.head_pfn == 4);
			assert_int_equal(compound.order, rows[i].order);
			assert_true(use.index == 0x70 + rows[i].pfn - 4);
		}
		open_close(kernel);
	}
}

/* hugetlb has freed all pages of struct pages except the first. The other pages show a copy of the
 * head page, followed by a tail page (622026e87c40). Frames 0 to 511; the pages of struct pages
 * begin with frames 0, 64 and 128. */
static void copies_of_heads(void **state)
{
	static const struct {
		uint64_t pfn; /* the frame with the flag of a head */
		uint64_t next; /* the head that the next struct page gives */
		uint64_t head; /* UINT64_MAX: an error */
	} rows[] = {
		{ 64, 0, 0 },  { 128, 0, 0 },	       { 64, 64, 64 },
		{ 66, 0, 66 }, { 72, 0, 72 },	       { 192, 128, 128 },
		{ 65, 0, 65 }, { 64, 72, UINT64_MAX }, { 64, 65, UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int tail = 0; tail < 2; tail++) {
			uint64_t head = tail ? rows[i].head : rows[i].pfn;
			struct compound compound;
			struct page_words words;
			struct kernel *kernel;

			memory_start_64("6.1.0", FLAT "SYMBOL(contig_page_data)=ffffffff80006000\n"
						      "OFFSET(pglist_data.node_start_pfn)=0\n"
						      "OFFSET(pglist_data.node_spanned_pages)=8\n");
			put(0x5000, IMAGE + PAGES, 8);
			put_node(NODE_0, 0, 512, 0);
			put(page_at(rows[i].pfn), 1 << 16, 8);
			put(page_at(rows[i].pfn + 1) + 8, IMAGE + page_at(rows[i].next) + tail, 8);
			put(page_at(rows[i].pfn + 1) + 17, 8, 1);
			if (rows[i].next != rows[i].pfn)
				put(page_at(rows[i].next + 1) + 17, 9, 1);
			kernel = memory_open(NULL, NULL);
			if (page_compound(kernel, rows[i].pfn, &words, &compound) !=
			    (head != UINT64_MAX))
				fail_msg("row %zu, %d", i, tail);
			if (head != UINT64_MAX && (compound.head_pfn != head ||
						   compound.order != (head == rows[i].pfn ? 8 : 9)))
				fail_msg("row %zu, %d: %llx of order %u", i, tail,
					 (unsigned long long)compound.head_pfn, compound.order);
			open_close(kernel);
		}
}

/* The first tail page marks pages of hugetlb by the number of a destructor, by the address of a
 * destructor (before 4.4), or by a flag (6.6 to 6.8). */
static void pages_of_hugetlb(void **state)
{
	enum { BY_NUMBER, BY_ADDRESS, BY_FLAG, BY_NOTHING };
	static const struct {
		int way;
		uint64_t value; /* the value that marks hugetlb */
		bool hugetlb;
	} rows[] = {
		{ BY_NUMBER, 2, true },
		{ BY_NUMBER, 1, false },
		{ BY_NUMBER, 3, false },
		{ BY_NUMBER, 0x302, true },
		{ BY_ADDRESS, 0xffffffff80004000, true },
		{ BY_ADDRESS, 0xffffffff80004001, false },
		{ BY_ADDRESS, 0x80004000, false },
		{ BY_FLAG, 1 << 8, true },
		{ BY_FLAG, 0xffff, true },
		{ BY_FLAG, 0xfeff, false },
		{ BY_FLAG, 0, false },
		{ BY_NOTHING, 2, false },
		{ BY_NOTHING, UINT64_MAX, false },
	};
	static const char *const notes[] = {
		[BY_NUMBER] = FLAT "OFFSET(page.compound_dtor)=16\n"
				   "NUMBER(HUGETLB_PAGE_DTOR)=2\n",
		[BY_ADDRESS] = "SIZE(page)=64\nSYMBOL(mem_map)=ffffffff80005000\n"
			       "OFFSET(page.flags)=0\nOFFSET(page.lru)=8\n"
			       "OFFSET(page.mapping)=24\nOFFSET(page.index)=32\n"
			       "OFFSET(page.private)=40\nOFFSET(page._mapcount)=48\n"
			       "OFFSET(page.first_page)=40\n"
			       "NUMBER(PG_head)=16\nNUMBER(PG_tail)=15\n"
			       "SYMBOL(free_huge_page)=ffffffff80004000\n",
		[BY_FLAG] = "SIZE(page)=64\nSYMBOL(mem_map)=ffffffff80005000\n"
			    "OFFSET(page.flags)=16\nOFFSET(page.compound_head)=8\n"
			    "OFFSET(page.mapping)=24\nOFFSET(page.index)=32\n"
			    "OFFSET(page._mapcount)=48\nOFFSET(page.compound_order)=18\n"
			    "NUMBER(PG_head_mask)=65536\nNUMBER(PG_hugetlb)=8\n",
		[BY_NOTHING] = FLAT "OFFSET(page.compound_dtor)=16\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool old = rows[i].way == BY_ADDRESS;
		struct kernel *kernel;

		memory_start_64(old ? "3.10.0" : "6.1.0", notes[rows[i].way]);
		put(0x5000, IMAGE + PAGES, 8);
		put(page_at(4) + (rows[i].way == BY_FLAG ? 16 : 0), 1 << 16, 8);
		put(page_at(4) + 24, 0xffff888000001000, 8);
		put(page_at(4) + 48, UINT32_MAX, 4);
		if (rows[i].way == BY_FLAG)
			put(page_at(5) + 16, rows[i].value, 8);
		else
			put(page_at(5) + (old ? 8 : 16), rows[i].value, old ? 8 : 2);
		if (old)
			put(page_at(5), 1 << 15, 8);
		put(page_at(5) + (old ? 40 : 8), IMAGE + page_at(4) + !old, 8);
		/* lru.prev, or one of several bytes */
		put(page_at(5) + (old ? 16 : rows[i].way == BY_FLAG ? 18 : 17), 1, 1);
		kernel = memory_open(NULL, NULL);
		for (uint64_t pfn = 4; pfn < 6; pfn++) {
			struct page_use use = use_of(kernel, pfn, PAGE_USE_FILE);

			if (use.hugetlb != rows[i].hugetlb)
				fail_msg("row %zu", i);
			/* the index of hugetlb has another unit */
			assert_int_equal(use.has_index, !rows[i].hugetlb);
			assert_true(use.compound && use.order == 1);
			assert_true(use.head_pfn == 4);
		}
		open_close(kernel);
	}
}

/* A _mapcount below -1 is a page type. Compound pages have their counts in other places. */
static void counts_of_pages(void **state)
{
	static const struct {
		int32_t word;
		bool has;
		int64_t count;
	} rows[] = {
		{ -1, true, 0 },  { 0, true, 1 },	   { 5, true, 6 },
		{ -2, false, 0 }, { INT32_MIN, false, 0 }, { INT32_MAX, true, INT64_C(1) << 31 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_info info;
		struct kernel *kernel;

		start_flat();
		put(page_at(3) + 48, (uint32_t)rows[i].word, 4);
		put(page_at(3) + 52, UINT32_MAX - 1, 4);
		put(page_at(4), 1 << 16, 8);
		put(page_at(6), 1 << 7, 8);
		put(page_at(5) + 8, IMAGE + page_at(4) + 1, 8);
		put(page_at(5) + 17, 1, 1);
		kernel = memory_open(NULL, NULL);
		assert_true(page_info_read(kernel, IMAGE + page_at(3), &info, NULL));
		assert_int_equal(info.has_mapcount, rows[i].has);
		if (rows[i].has)
			assert_int_equal(info.mapcount, rows[i].count);
		assert_true(info.has_refcount && info.refcount == -2);
		assert_false(info.second);
		for (uint64_t pfn = 4; pfn < 7; pfn++) {
			assert_true(page_info_read(kernel, IMAGE + page_at(pfn), &info, NULL));
			assert_false(info.has_mapcount);
			assert_int_equal(info.second, pfn == 5);
			assert_int_equal(info.order_bits, 0);
		}
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compound_pages),
		cmocka_unit_test(copies_of_heads),
		cmocka_unit_test(pages_of_hugetlb),
		cmocka_unit_test(counts_of_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
