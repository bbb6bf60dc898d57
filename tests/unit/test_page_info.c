/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about frames that follow from types: names of flags, counts, page types. */
#include "linux/page/page_info.h"
#include "linux/page/page_layout.h"
#include "kernel/kernel.h"
#include "made_page_info.h"
#include "made_types.h"

#ifdef HAVE_LIBBPF

/* --- flags --- */

struct names {
	char text[512];
};

static void add_name(const char *name, void *arg)
{
	struct names *names = arg;

	strcat(names->text, name);
	strcat(names->text, "|");
}

/* Bits 0 to 63. If a bit has several names, the first is used. For the first tail, the names that
 * only tails use are used. Values that are not bits have no name. */
static void names_of_flags(void **state)
{
	static const struct enumerator flags[] = {
		{ "PG_locked", 0 },
		{ "PG_private_2", 8 },
		{ "PG_reserved", 12 },
		{ "PG_top", 63 },
		{ "PG_checked", 12 },
		{ "PG_hugetlb", 8 },
		{ "PG_double_map", 12 },
		{ "PG_behind", 64 },
		{ "PG_active", 20 },
		{ "PG_has_hwpoisoned", 20 },
		{ "PG_first", 21 },
		{ "PG_large_rmappable", 21 },
		{ "PG_other", 22 },
		{ "PG_partially_mapped", 22 },
		{ "PG_alias", 22 },
		{ "PG_before", -1 },
		{ "odd", 30 },
		{ "__NR_PAGEFLAGS", 24 },
		{ NULL, 0 },
	};
	static const struct {
		uint64_t flags, order_bits;
		bool second;
		const char *names;
	} rows[] = {
		{ 0, 0, false, "" },
		{ 1, 0, false, "locked|" },
		{ UINT64_C(1) << 63, 0, false, "top|" },
		{ 1 << 8, 0, false, "private_2|" },
		{ 1 << 8, 0, true, "hugetlb|" },
		{ 1 << 12, 0, false, "reserved|" },
		{ 1 << 12, 0, true, "double_map|" },
		{ 1 << 30 | 1 << 24, 0, false, "odd|" },
		{ 1 << 20 | 1 << 21 | 1 << 22, 0, true,
		  "has_hwpoisoned|large_rmappable|partially_mapped|" },
		{ 1 << 20 | 1 << 21 | 1 << 22, 0, false, "active|first|other|" },
		{ ~(UINT64_C(1) << 8 | 1), 0, false, "reserved|active|first|other|odd|top|" },
		{ UINT64_MAX, 0xff, false, "private_2|reserved|active|first|other|odd|top|" },
		{ UINT64_MAX, 0, false, "locked|private_2|reserved|active|first|other|odd|top|" },
	};
	struct page_info info = { 0 };
	struct kernel *kernel;
	struct names names;

	(void)state;
	start("6.6.0", FLAT);
	add_enum("pageflags", flags);
	kernel = open_kernel(NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		info.flags = rows[i].flags;
		info.order_bits = rows[i].order_bits;
		info.second = rows[i].second;
		names.text[0] = '\0';
		assert_true(page_flags_of(kernel, &info, add_name, &names));
		assert_string_equal(names.text, rows[i].names);
	}
	open_close(kernel);
	/* no enum of this name, and no types */
	for (int typed = 0; typed < 2; typed++) {
		start("6.6.0", FLAT);
		add_enum("others", flags);
		kernel = typed ? open_kernel(NULL) : memory_open(NULL, NULL);
		if (!typed)
			btf__free(btf);
		assert_false(page_flags_of(kernel, &info, add_name, &names));
		open_close(kernel);
	}
}

/* ebc1baf5c9b4 (6.6): the low byte of the first tail's flags is the order. */
static void the_order_in_flags(void **state)
{
	static const struct {
		const char *note;
		uint64_t bits;
	} rows[] = { { FLAT "OFFSET(folio._flags_1)=64\n", 0xff },
		     { FLAT "OFFSET(page.compound_order)=17\n", 0 } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct page_info info;
		struct kernel *kernel;

		start("6.6.0", rows[i].note);
		put(page_at(4), 1 << 16, 8);
		put(page_at(5), 1, 8);
		put(page_at(5) + 17, 1, 1);
		put(page_at(5) + 8, IMAGE + page_at(4) + 1, 8);
		kernel = open_kernel(NULL);
		for (uint64_t pfn = 3; pfn < 6; pfn++) {
			assert_true(page_info_read(kernel, IMAGE + page_at(pfn), &info, NULL));
			assert_int_equal(info.second, pfn == 5);
			assert_true(info.order_bits == (pfn == 5 ? rows[i].bits : 0));
		}
		open_close(kernel);
	}
}

/* --- counts --- */

/* _count was renamed to _refcount in 4.6 (0139aa7b7fa1). Both have four bytes. */
static void counts_and_their_neighbours(void **state)
{
	static const struct {
		const char *note;
		bool refcount, mapcount;
		int64_t refs, maps;
	} rows[] = {
		{ "OFFSET(page._refcount)=40\n", true, false, 0x12345678, 0 },
		{ "OFFSET(page._count)=40\n", true, false, 0x12345678, 0 },
		{ "OFFSET(page._mapcount)=40\n", false, true, 0, 0x12345679 },
		{ "OFFSET(page._refcount)=48\nOFFSET(page._count)=40\n", true, false, -2, 0 },
		{ "OFFSET(page._mapcount)=48\n", false, false, 0, 0 },
		{ "OFFSET(page._mapcount)=52\n", false, true, 0, 0 },
		{ "", false, false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_info info;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), FLAT "%s", rows[i].note);
		start("6.6.0", note);
		put(page_at(3) + 24, 0xffff888000001001, 8);
		put(page_at(3) + 40, UINT64_C(0x7755443312345678), 8);
		put(page_at(3) + 48, UINT64_C(0xfffffffffffffffe), 8);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, IMAGE + page_at(3), &info, NULL));
		if (info.has_refcount != rows[i].refcount ||
		    info.has_mapcount != rows[i].mapcount || info.refcount != rows[i].refs ||
		    info.mapcount != rows[i].maps)
			fail_msg("row %zu: %lld, %lld", i, (long long)info.refcount,
				 (long long)info.mapcount);
		assert_true(info.has_flags && info.flags == 0);
		assert_true(info.has_mapping && info.mapping == 0xffff888000001001);
		open_close(kernel);
	}
}

/* A count may be the last four bytes of memory. */
static void counts_at_the_end_of_memory(void **state)
{
	static const char *const members[] = { "_refcount", "_count", "_mapcount" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct page_info info;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), FLAT "OFFSET(page.%s)=60\n", members[i]);
		start("6.6.0", note);
		put(0xfffc, 41, 4);
		put(0x5000, IMAGE + 0xffc0, 8);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, IMAGE + 0xffc0, &info, NULL));
		assert_int_equal(info.has_refcount, i < 2);
		assert_int_equal(info.refcount, i < 2 ? 41 : 0);
		assert_int_equal(info.has_mapcount, i == 2);
		assert_int_equal(info.mapcount, i == 2 ? 42 : 0);
		open_close(kernel);
	}
}

/* At least one byte of the struct page must be in the dump, and its size must be known. */
static void pages_that_cannot_be_read(void **state)
{
	static const struct {
		uint64_t at;
		bool there;
	} rows[] = { { 0xffff, true }, { 0x10000, false }, { PAGES, true } };

	(void)state;
	for (int size = 0; size < 2; size++) {
		struct error err = { .message = "" };
		struct page_info info;
		struct kernel *kernel;

		start("6.6.0", size ? "SIZE(page)=64\n" : "OFFSET(page.flags)=0\n");
		kernel = open_kernel(NULL);
		for (size_t i = 0; i < 3; i++) {
			memset(&info, 0xff, sizeof(info));
			if (page_info_read(kernel, IMAGE + rows[i].at, &info, &err) !=
			    (rows[i].there && size))
				fail_msg("%llx", (unsigned long long)rows[i].at);
			assert_false(info.has_flags || info.has_mapping || info.has_node);
		}
		open_close(kernel);
	}
}

/* --- page types --- */

/* 4ffca5a96678 (6.12): enumerators of the top byte; 8db00ad56461 (6.11): enumerators of bits. */
static void types_by_enumerators(void **state)
{
	static const struct enumerator bytes[] = {
		{ "PGTY_buddy", 0xf0 },		{ "PGTY_offline", 0xf1 },
		{ "PGTY_table", 0xf2 },		{ "PGTY_guard", 0xf3 },
		{ "PGTY_hugetlb", 0xf4 },	{ "PGTY_slab", 0xf5 },
		{ "PGTY_zsmalloc", 0xf6 },	{ "PGTY_unaccepted", 0xf7 },
		{ "PGTY_large_kmalloc", 0xf8 }, { NULL, 0 },
	};
	static const struct enumerator bits[] = {
		{ "PG_buddy", 0x40000000 },    { "PG_offline", 0x20000000 },
		{ "PG_table", 0x10000000 },    { "PG_guard", 0x08000000 },
		{ "PG_hugetlb", 0x04000000 },  { "PG_slab", 0x02000000 },
		{ "PG_zsmalloc", 0x01000000 }, { NULL, 0 },
	};
	static const struct {
		bool by_bits;
		uint32_t word;
		enum page_use_kind kind;
	} rows[] = {
		{ false, 0xf0000000, PAGE_USE_FREE },
		{ false, 0xf0ffffff, PAGE_USE_FREE },
		{ false, 0xf0123456, PAGE_USE_FREE },
		{ false, 0xf1000000, PAGE_USE_OFFLINE },
		{ false, 0xf2000000, PAGE_USE_TABLE },
		{ false, 0xf3ffffff, PAGE_USE_GUARD },
		{ false, 0xf4000000, PAGE_USE_HUGETLB },
		{ false, 0xf5000007, PAGE_USE_SLAB },
		{ false, 0xf6000000, PAGE_USE_ZSMALLOC },
		{ false, 0xf7000000, PAGE_USE_UNACCEPTED },
		{ false, 0xf8000000, PAGE_USE_KMALLOC },
		{ false, 0xf9000000, PAGE_USE_UNKNOWN },
		{ false, 0x78000000, PAGE_USE_UNKNOWN },
		{ false, 0xffffffff, PAGE_USE_UNKNOWN },
		{ false, 0, PAGE_USE_UNKNOWN },
		/* this kernel does not use the old encoding */
		{ false, ~(uint32_t)0x80, PAGE_USE_UNKNOWN },
		{ true, ~UINT32_C(0x40000000), PAGE_USE_FREE },
		{ true, ~UINT32_C(0x20000000), PAGE_USE_OFFLINE },
		{ true, ~UINT32_C(0x10000000), PAGE_USE_TABLE },
		{ true, ~UINT32_C(0x08000000), PAGE_USE_GUARD },
		{ true, ~UINT32_C(0x04000000), PAGE_USE_HUGETLB },
		{ true, ~UINT32_C(0x02000000), PAGE_USE_SLAB },
		{ true, ~UINT32_C(0x01000000), PAGE_USE_ZSMALLOC },
		{ true, UINT32_C(0x3fffffff), PAGE_USE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int old = 0; old < 2; old++) {
			struct page_words words = { 0 };
			uint32_t word = htole32(rows[i].word);
			struct kernel *kernel;

			/* a distribution may backport the bytes to a release that has bits */
			start(old && !rows[i].by_bits ? "6.10.0" : "6.12.0",
			      FLAT "OFFSET(page._mapcount)=48\n");
			add_enum("pagetype", rows[i].by_bits ? bits : bytes);
			kernel = open_kernel(NULL);
			words.layout = page_layout_of(kernel, NULL);
			assert_non_null(words.layout);
			memcpy(words.bytes + 48, &word, 4);
			if (page_words_type(&words) != rows[i].kind)
				fail_msg("row %zu: %d", i, page_words_type(&words));
			open_close(kernel);
		}
}

/* In 6.6 to 6.8, an enum numbers the destructors. */
static void the_destructor_of_hugetlb(void **state)
{
	static const struct enumerator numbers[] = {
		{ "NULL_COMPOUND_DTOR", 0 },
		{ "COMPOUND_PAGE_DTOR", 1 },
		{ "HUGETLB_PAGE_DTOR", 2 },
		{ NULL, 0 },
	};

	(void)state;
	for (int with_enum = 0; with_enum < 2; with_enum++) {
		const struct page_layout *layout;
		struct kernel *kernel;

		start("5.10.0", FLAT "OFFSET(page.compound_dtor)=16\n");
		if (with_enum)
			add_enum("compound_dtor_id", numbers);
		kernel = open_kernel(NULL);
		layout = page_layout_of(kernel, NULL);
		assert_non_null(layout);
		assert_int_equal(layout->dtor, with_enum ? 64 + 16 : -1);
		if (with_enum)
			assert_int_equal(layout->hugetlb_dtor, 2);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_flags),
		cmocka_unit_test(the_order_in_flags),
		cmocka_unit_test(counts_and_their_neighbours),
		cmocka_unit_test(counts_at_the_end_of_memory),
		cmocka_unit_test(pages_that_cannot_be_read),
		cmocka_unit_test(types_by_enumerators),
		cmocka_unit_test(the_destructor_of_hugetlb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
