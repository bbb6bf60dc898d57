/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames and struct pages in memory: sections and their roots, memory maps, free
 * blocks, compound pages, pages of zeros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "answers/translate.h"
#include "frames/page.h"
#include "frames/page_info.h"
#include "frames/page_layout.h"
#include "frames/page_use.h"
#include "frames/slab.h"
#include "kernel/kernel.h"
#include "kernel/members.h"
#include "linked.h"
#include "memory.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

#define IMAGE UINT64_C(0xffffffff80000000)

/* 64K from 0, which is the image. */
static void start(const char *release, const char *more)
{
	char note[1024];

	snprintf(note, sizeof(note),
		 "OSRELEASE=%s\nSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
		 "NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n"
		 "KERNELOFFSET=0\n%s",
		 release, more);
	memory_start(false, note);
	put(0x1ff8, 0x2000 | P | RW, 8);
	put(0x2ff0, 0x3000 | P | RW, 8);
	put(0x3000, P | RW | PS, 8);
}

/* --- sections --- */

/* include/linux/mmzone.h; 32768 frames of 64 bytes in each */
enum {
	ROOTS = 0x5000,
	FIRST = 0x6000,
	SECOND = 0x7000,
	USAGE = 0x8000,
	PAGES = 0x9000
};
enum { HAS_MAP = 2, EARLY = 8, FRAMES = 1 << 15 };

#define SPARSE                                                                 \
	"SIZE(page)=64\nSIZE(mem_section)=16\nOFFSET(page.flags)=0\n"          \
	"OFFSET(mem_section.section_mem_map)=0\n"                              \
	"OFFSET(mem_section.usage)=8\n"                                        \
	"OFFSET(mem_section_usage.subsection_map)=4\n"

/* The map of a section whose first struct page is at this paddr. */
static uint64_t map_of(uint64_t number, uint64_t paddr)
{
	return IMAGE + paddr - number * FRAMES * 64;
}

static void put_section(uint64_t at, uint64_t number, uint64_t pages,
			unsigned int flags)
{
	put(at, map_of(number, pages) | flags, 8);
	put(at + 8, IMAGE + USAGE, 8);
}

static bool find_section(struct kernel *kernel, uint64_t number,
			 struct section *section)
{
	struct section_cursor cursor = { 0 };

	while (kernel_next_section(kernel, &cursor, section))
		if (section->number == number)
			return true;
	return false;
}

static void expect_section(struct kernel *kernel, uint64_t number, uint64_t at,
			   bool early)
{
	struct section section;

	if (!find_section(kernel, number, &section))
		fail_msg("no section %llu", (unsigned long long)number);
	assert_true(section.number == number);
	assert_true(section.address == IMAGE + at);
	assert_int_equal(section.early, early);
}

/* Roots of 256 sections, the last of the first and the first of the second. */
static void roots_of_sections(void **state)
{
	static const uint64_t numbers[] = { 0, 1, 255, 256, 300 };
	struct section_cursor cursor = { 0 };
	struct section section;
	struct kernel *kernel;

	(void)state;
	start("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n"
			      "LENGTH(mem_section)=2048\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put(ROOTS + 8, IMAGE + SECOND, 8);
	put_section(FIRST, 0, PAGES, HAS_MAP | EARLY);
	put_section(FIRST + 16, 1, PAGES, HAS_MAP);
	put_section(FIRST + 2 * 16, 2, PAGES, EARLY);
	put_section(FIRST + 255 * 16, 255, PAGES, HAS_MAP | EARLY | 0x35);
	put_section(SECOND, 256, PAGES, HAS_MAP | EARLY);
	put_section(SECOND + 44 * 16, 300, PAGES, HAS_MAP | 4);
	kernel = memory_open(NULL, NULL);
	assert_non_null(kernel_section_layout(kernel));
	assert_true(kernel_section_layout(kernel)->roots_are_pointers);
	assert_true(kernel_section_layout(kernel)->per_root == 256);
	expect_section(kernel, 0, FIRST, true);
	expect_section(kernel, 1, FIRST + 16, false);
	expect_section(kernel, 255, FIRST + 255 * 16, true);
	expect_section(kernel, 256, SECOND, true);
	expect_section(kernel, 300, SECOND + 44 * 16, false);
	/* 300 and 44 have one slot of what is remembered */
	assert_false(find_section(kernel, 44, &section));
	assert_false(find_section(kernel, 2, &section));
	assert_false(find_section(kernel, 512, &section));
	assert_false(find_section(kernel, 1 << 19, &section));
	assert_true(find_section(kernel, 255, &section));
	assert_true(section.map == map_of(255, PAGES));
	for (size_t i = 0; i < 5; i++) {
		assert_true(kernel_next_section(kernel, &cursor, &section));
		assert_true(section.number == numbers[i]);
	}
	assert_false(kernel_next_section(kernel, &cursor, &section));
	kernel_close(kernel);
}

/* Parts of 2M: f46edbd1b151 (5.3). All of a section that was there at boot. */
static void parts_of_sections(void **state)
{
	struct section section;
	struct kernel *kernel;

	(void)state;
	start("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put_section(FIRST, 0, PAGES, HAS_MAP | EARLY);
	put_section(FIRST + 16, 1, PAGES, HAS_MAP);
	put(USAGE + 4, UINT64_C(1) << 0 | UINT64_C(1) << 9 | UINT64_C(1) << 63,
	    8);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_section_of(kernel, 0, &section));
	assert_true(kernel_section_of(kernel, 512 * 5, &section));
	assert_true(kernel_section_of(kernel, FRAMES - 1, &section));
	assert_true(section.number == 0);
	for (uint64_t part = 0; part < 64; part++) {
		bool there = part == 0 || part == 9 || part == 63;
		uint64_t pfn = FRAMES + part * 512;

		assert_int_equal(kernel_section_of(kernel, pfn, &section),
				 there);
		assert_int_equal(kernel_section_of(kernel, pfn + 511, &section),
				 there);
	}
	assert_false(kernel_section_of(kernel, 2 * FRAMES, &section));
	kernel_close(kernel);
}

/* An array of sections, as without EXTREME: by its length or its size. */
static void sections_without_roots(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		static const char *const notes[] = {
			/* 2^(46-27), and one beside it */
			SPARSE
			"SYMBOL(mem_section)=ffffffff80005000\nLENGTH(mem_section)=524288\n",
			SPARSE
			"SYMBOL(mem_section)=ffffffff80005000\nLENGTH(mem_section)=524287\n",
			SPARSE
			"NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=32\n",
		};
		struct linked linked = { 0 };
		struct section section;
		struct kernel *kernel;

		start("6.1.0", notes[way]);
		put_section(ROOTS, 0, PAGES, HAS_MAP);
		put_section(ROOTS + 16, 1, PAGES, HAS_MAP);
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		linked_add(&linked, "mem_section", IMAGE + ROOTS, 32 * 16);
		kernel = memory_open(way == 2 ? linked_open(&linked) : NULL, NULL);
		assert_non_null(kernel_section_layout(kernel));
		assert_int_equal(
			kernel_section_layout(kernel)->roots_are_pointers,
			way == 1);
		if (way != 1) {
			assert_true(find_section(kernel, 1, &section));
			assert_true(section.address == IMAGE + ROOTS + 16);
			assert_true(kernel_section_layout(kernel)->per_root ==
				    1);
		}
		kernel_close(kernel);
	}
}

/* Numbers of the note that would make more sections than any kernel has, or none. */
static void numbers_of_sections(void **state)
{
	static const struct {
		unsigned int section, memory;
		bool sane;
	} rows[] = {
		{ 27, 46, true },  { 24, 64, true },  { 23, 64, false },
		{ 12, 52, true },  { 12, 53, false }, { 11, 46, false },
		{ 27, 65, false }, { 27, 27, false }, { 27, 28, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note),
			 SPARSE "SYMBOL(mem_section)=ffffffff80005000\n"
				"NUMBER(SECTION_SIZE_BITS)=%u\n"
				"NUMBER(MAX_PHYSMEM_BITS)=%u\n",
			 rows[i].section, rows[i].memory);
		start("6.1.0", note);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_section_layout(kernel) != NULL,
				 rows[i].sane);
		kernel_close(kernel);
	}
}

/* mem_section is a pointer to the roots or their array: by the symbol's size, or by
 * how far the next symbol is. a0b1280368d1 (4.15) */
static void roots_by_symbol(void **state)
{
	static const struct {
		uint64_t size, room;
		bool pointer;
	} rows[] = {
		{ 8, 0x1000, true },	 { 16, 0x1000, false },
		{ 4096, 0x1000, false }, { 4, 0x1000, false },
		{ 0, 127, true },	 { 0, 128, false },
		{ 0, 8, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { 0 };
		struct kernel *kernel;
		uint64_t value;

		start("6.1.0", "SIZE(page)=64\n");
		put(ROOTS, IMAGE + FIRST, 8);
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		linked_add(&linked, "mem_section", IMAGE + ROOTS, rows[i].size);
		linked_add(&linked, "next", IMAGE + ROOTS + rows[i].room, 8);
		kernel = memory_open(linked_open(&linked), NULL);
		assert_true(kernel_fact(kernel, FACT_MEM_SECTION, &value));
		if (value != IMAGE + (rows[i].pointer ? FIRST : ROOTS))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		kernel_close(kernel);
	}
}

/* SPARSEMEM: each section has a map of its own, in the image here. */
static void pages_of_sections(void **state)
{
	static const struct {
		uint64_t pfn, page; /* 0: none */
	} rows[] = {
		{ 0, PAGES },
		{ 1, PAGES + 64 },
		{ 2 * FRAMES, PAGES + 0x800 },
		{ 2 * FRAMES + 3, PAGES + 0x8c0 },
		{ FRAMES - 1, 0 },
		{ FRAMES, 0 },
		{ 3 * FRAMES, 0 },
		{ UINT64_C(1) << 52, 0 },
	};

	struct kernel *kernel;
	uint64_t page, pfn;

	(void)state;
	start("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put_section(FIRST, 0, PAGES, HAS_MAP | EARLY);
	put_section(FIRST + 32, 2, PAGES + 0x800, HAS_MAP | EARLY);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_MEMORY_MODEL, &page));
	assert_true(page == MODEL_SPARSEMEM);
	for (size_t i = 0; i < 4; i++) {
		assert_true(kernel_pfn_to_page(kernel, rows[i].pfn, &page,
					       NULL));
		assert_true(page == IMAGE + rows[i].page);
		if (rows[i].pfn >= FRAMES)
			continue; /* both maps overlap here */
		assert_true(kernel_page_to_pfn(kernel, page, &pfn, NULL));
		assert_true(pfn == rows[i].pfn);
		assert_false(kernel_page_to_pfn(kernel, page + 8, &pfn, NULL));
	}
	assert_false(kernel_page_to_pfn(kernel, IMAGE + PAGES - 64, &pfn, NULL));
	for (size_t i = 5; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(kernel_pfn_to_page(kernel, rows[i].pfn, &page,
						NULL));
	kernel_close(kernel);
}

/* Counts the questions whether to stop; the last one of `left` is answered by yes. */
struct asked {
	unsigned int nr, left;
};

static bool stop_at(void *arg)
{
	struct asked *asked = arg;

	return ++asked->nr > asked->left;
}

/* 512 roots that are one: as many sections as a search looks at. */
static void search_of_sections_stopped(void **state)
{
	struct asked asked = { .left = 1000000 };
	struct listener listener = { .stop = stop_at, .arg = &asked };
	struct kernel *kernel;
	struct error err = { 0 };
	uint64_t pfn;

	(void)state;
	start("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put_section(FIRST, 0, PAGES, HAS_MAP | EARLY);
	for (unsigned int i = 1; i < 512; i++)
		put(ROOTS + 8 * i, IMAGE + FIRST, 8);
	memory_load();
	kernel = memory_open(NULL, NULL);
	kernel->listener = &listener;
	assert_false(kernel_page_to_pfn(kernel, IMAGE + PAGES - 64, &pfn, &err));
	assert_int_equal(err.code, ERROR_NO_ANSWER);
	assert_in_range(asked.nr, 32, 1000);
	asked = (struct asked){ .left = 3 };
	assert_false(kernel_page_to_pfn(kernel, IMAGE + PAGES - 64, &pfn, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_in_range(asked.nr, 4, 6);
	kernel_close(kernel);
}

/* --- nodes --- */

enum { NODES = 0x5000, NODE_0 = 0x6000, NODE_2 = 0x6100 };

#define NODE_MEMBERS                                                           \
	"SIZE(page)=64\nOFFSET(page.flags)=0\n"                                \
	"OFFSET(pglist_data.node_start_pfn)=0\n"                               \
	"OFFSET(pglist_data.node_spanned_pages)=8\n"                           \
	"OFFSET(pglist_data.node_mem_map)=16\n"

static void put_node(uint64_t at, uint64_t pfn, uint64_t nr, uint64_t map)
{
	put(at, pfn, 8);
	put(at + 8, nr, 8);
	put(at + 16, map, 8);
}

/* DISCONTIGMEM: frames 0 to 3 and 8 to 9; node_data[] has as many slots as the note,
 * or nr_node_ids, says. */
static void nodes_of_memory(void **state)
{
	static const struct {
		const char *note;
		bool second;
	} rows[] = {
		{ "LENGTH(node_data)=4\n", true },
		{ "LENGTH(node_data)=3\n", true },
		{ "LENGTH(node_data)=2\n", false },
		{ "SYMBOL(nr_node_ids)=ffffffff80007000\n", true },
		{ "SYMBOL(nr_node_ids)=ffffffff80007004\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const uint64_t frames[] = { 0, 3, 8, 9 };
		struct kernel *kernel;
		uint64_t value;
		char note[512];

		snprintf(note, sizeof(note),
			 NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\n%s",
			 rows[i].note);
		start("6.1.0", note);
		put(NODES, IMAGE + NODE_0, 8);
		put(NODES + 16, IMAGE + NODE_2, 8);
		put_node(NODE_0, 0, 4, IMAGE + PAGES);
		put_node(NODE_2, 8, 2, IMAGE + PAGES + 0x400);
		put(0x7000, 3 | UINT64_C(2) << 32, 8);
		kernel = memory_open(NULL, NULL);
		assert_true(kernel_fact(kernel, FACT_MEMORY_MODEL, &value));
		assert_true(value == MODEL_DISCONTIGMEM);
		assert_true(kernel_fact(kernel, FACT_MAX_PFN, &value));
		assert_true(value == (rows[i].second ? 10 : 4));
		for (size_t nr = 0; nr < 4; nr++) {
			uint64_t page = 0, pfn = frames[nr];
			bool there = nr < 2 || rows[i].second;

			assert_int_equal(
				kernel_pfn_to_page(kernel, pfn, &page, NULL),
				there);
			if (!there)
				continue;
			assert_true(page ==
				    IMAGE + PAGES +
					    (nr < 2 ? pfn * 64 :
						      0x400 + (pfn - 8) * 64));
			assert_true(
				kernel_page_to_pfn(kernel, page, &value, NULL));
			assert_true(value == pfn);
		}
		assert_false(kernel_pfn_to_page(kernel, 4, &value, NULL));
		assert_false(kernel_pfn_to_page(kernel, 7, &value, NULL));
		assert_false(kernel_pfn_to_page(kernel, 10, &value, NULL));
		assert_false(kernel_page_to_pfn(kernel, IMAGE + PAGES + 4 * 64,
						&value, NULL));
		assert_false(kernel_page_to_pfn(kernel, IMAGE + PAGES + 0x480,
						&value, NULL));
		assert_false(kernel_page_to_pfn(kernel, IMAGE + PAGES - 64,
						&value, NULL));
		kernel_close(kernel);
	}
}

/* The one node of FLATMEM, and what tells the end of memory without it. */
static void the_end_of_memory(void **state)
{
	struct kernel *kernel;
	uint64_t value;

	(void)state;
	for (int with_node = 0; with_node < 2; with_node++) {
		start("6.1.0",
		      with_node ? NODE_MEMBERS
			      "SYMBOL(mem_map)=ffffffff80005000\n"
			      "SYMBOL(contig_page_data)=ffffffff80006000\n" :
				  NODE_MEMBERS
			      "SYMBOL(mem_map)=ffffffff80005000\n");
		put(0x5000, IMAGE + PAGES, 8);
		put_node(NODE_0, 0, 4, IMAGE + PAGES);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_fact(kernel, FACT_MAX_PFN, &value),
				 with_node);
		assert_true(!with_node || value == 4);
		assert_true(kernel_pfn_to_page(kernel, 3, &value, NULL));
		assert_int_equal(kernel_pfn_to_page(kernel, 4, &value, NULL),
				 !with_node);
		assert_int_equal(kernel_pfn_to_page(kernel, 15, &value, NULL),
				 !with_node);
		assert_false(kernel_pfn_to_page(kernel, 16, &value, NULL));
		assert_false(kernel_pfn_to_page(kernel, UINT64_C(1) << 52,
						&value, NULL));
		kernel_close(kernel);
	}
}

/* --- what a frame is used for --- */

/* FLATMEM: 16 frames, struct pages of 64 bytes at 9000. */
#define FLAT                                                                      \
	"SIZE(page)=64\nSYMBOL(mem_map)=ffffffff80005000\n"                       \
	"OFFSET(page.flags)=0\nOFFSET(page.compound_head)=8\n"                    \
	"OFFSET(page.lru)=8\nOFFSET(page.mapping)=24\nOFFSET(page.index)=32\n"    \
	"OFFSET(page.private)=40\nOFFSET(page._mapcount)=48\n"                    \
	"OFFSET(page._refcount)=52\nOFFSET(page.compound_order)=17\n"             \
	"NUMBER(PG_head_mask)=65536\nNUMBER(PG_slab)=7\nNUMBER(PG_reserved)=12\n" \
	"NUMBER(PG_swapcache)=10\nNUMBER(PG_swapbacked)=19\n"

static uint64_t page_at(uint64_t pfn)
{
	return PAGES + 64 * pfn;
}

static void start_flat(void)
{
	start("6.1.0", FLAT);
	put(0x5000, IMAGE + PAGES, 8);
	for (uint64_t pfn = 0; pfn < 16; pfn++)
		put(page_at(pfn) + 48, UINT32_MAX, 4);
}

static void put_free(uint64_t pfn, uint64_t order)
{
	put(page_at(pfn) + 48, (uint32_t)~0x80, 4);
	put(page_at(pfn) + 40, order, 8);
}

static struct page_use use_of(struct kernel *kernel, uint64_t pfn,
			      enum page_use_kind kind)
{
	struct error err = { .message = "" };
	struct page_use use;

	if (!kernel_page_use(kernel, pfn, &use, &err))
		fail_msg("%llx: %s", (unsigned long long)pfn, err.message);
	if (use.kind != kind)
		fail_msg("%llx is %s", (unsigned long long)pfn,
			 page_use_names[use.kind]);
	return use;
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
		{ 6, PAGE_USE_UNKNOWN, 0, 0 }, { 3, PAGE_USE_UNKNOWN, 0, 0 },
		{ 15, PAGE_USE_FREE, 8, 3 },   { 8, PAGE_USE_FREE, 8, 3 },
		{ 11, PAGE_USE_FREE, 8, 3 },   { 7, PAGE_USE_UNKNOWN, 0, 0 },
		{ 2, PAGE_USE_FREE, 2, 0 },    { 1, PAGE_USE_UNKNOWN, 0, 0 },
	};

	(void)state;
	for (int backwards = 0; backwards < 2; backwards++) {
		size_t nr = sizeof(rows) / sizeof(rows[0]);
		struct kernel *kernel;

		start_flat();
		put_free(2, 0);
		put_free(4, 1);
		put_free(8, 3);
		kernel = memory_open(NULL, NULL);
		for (size_t i = 0; i < nr; i++) {
			size_t row = backwards ? nr - 1 - i : i;
			struct page_use use =
				use_of(kernel, rows[row].pfn, rows[row].kind);

			if (use.kind != PAGE_USE_FREE)
				continue;
			assert_true(use.has_order);
			assert_int_equal(use.order, rows[row].order);
			assert_true(use.head_pfn == rows[row].first);
		}
		kernel_close(kernel);
	}
	for (int way = 0; way < 4; way++) {
		struct kernel *kernel;

		start_flat();
		if (way == 0)
			put_free(0, 15); /* the largest order there can be */
		else if (way == 1)
			put_free(0, 16);
		else if (way == 2)
			put_free(6, 2); /* not at a multiple of its size */
		else
			put(page_at(7) + 52, 1, 4); /* in use */
		if (way == 3)
			put_free(6, 1);
		kernel = memory_open(NULL, NULL);
		use_of(kernel, 7, way ? PAGE_USE_UNKNOWN : PAGE_USE_FREE);
		kernel_close(kernel);
	}
}

static void owners_and_flags(void **state)
{
	/* at 24 the mapping: include/linux/page-flags.h */
	static const struct {
		uint64_t flags, mapping, private;
		enum page_use_kind kind;
		uint64_t object;
		bool has_index, has_swap;
	} rows[] = {
		{ 0, 0xffff888000001000, 0, PAGE_USE_FILE, 0xffff888000001000,
		  true, false },
		{ 0, 0xffff888000001001, 0, PAGE_USE_ANON, 0xffff888000001000,
		  true, false },
		{ 0, 0xffff888000001002, 0, PAGE_USE_MOVABLE,
		  0xffff888000001000, false, false },
		{ 0, 0xffff888000001003, 0, PAGE_USE_KSM, 0xffff888000001000,
		  true, false },
		{ 0, 0xfe00000000001001, 0, PAGE_USE_UNKNOWN, 0, false, false },
		{ 0, 1, 0, PAGE_USE_UNKNOWN, 0, false, false },
		{ 1 << 10 | 1 << 19, 0xffff888000001001,
		  UINT64_C(3) << 58 | 0x1234, PAGE_USE_ANON, 0xffff888000001000,
		  true, true },
		{ 1 << 10, 0xffff888000001001, UINT64_C(3) << 58, PAGE_USE_ANON,
		  0xffff888000001000, true, false },
		{ 1 << 19, 0xffff888000001001, UINT64_C(3) << 58, PAGE_USE_ANON,
		  0xffff888000001000, true, false },
		{ 1 << 12, 0xffff888000001001, 0, PAGE_USE_RESERVED, 0, false,
		  false },
		{ 1 << 7, 0xffff888000001001, 0, PAGE_USE_SLAB, 0, false,
		  false },
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
		kernel_close(kernel);
	}
}

/* Frames 4 to 7: the order is in the first tail, index and owner are the head's. */
static void compound_pages(void **state)
{
	static const struct {
		unsigned int order;
		uint64_t pfn,
			head; /* of the struct page that frame 5's names */
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
			put(page_at(pfn) + 8, IMAGE + page_at(rows[i].head) + 1,
			    8);
		put(page_at(5) + 17, rows[i].order, 1);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_compound(kernel, rows[i].pfn, &words,
						 &compound, NULL),
				 rows[i].right);
		if (rows[i].right) {
			struct page_use use =
				use_of(kernel, rows[i].pfn, PAGE_USE_ANON);

			assert_true(compound.compound && compound.has_order);
			assert_true(compound.head_pfn == 4);
			assert_int_equal(compound.order, rows[i].order);
			assert_true(use.index == 0x70 + rows[i].pfn - 4);
		}
		kernel_close(kernel);
	}
}

/* A pointer into a struct page is none, and is told by how much. */
static void pointers_to_pages(void **state)
{
	struct kernel *kernel;
	struct error err;
	uint64_t pfn;

	(void)state;
	start_flat();
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_page_to_pfn(kernel, IMAGE + page_at(3), &pfn, &err));
	assert_int_equal(pfn, 3);
	assert_false(kernel_page_to_pfn(kernel, IMAGE + page_at(3) + 8, &pfn, &err));
	assert_non_null(strstr(err.message, "it points 8 bytes into the one at"));
	kernel_close(kernel);
}

/* Below -1 _mapcount is a type; those of compound pages are elsewhere. */
static void counts_of_pages(void **state)
{
	static const struct {
		int32_t word;
		bool has;
		int64_t count;
	} rows[] = {
		{ -1, true, 0 },	 { 0, true, 1 },
		{ 5, true, 6 },		 { -2, false, 0 },
		{ INT32_MIN, false, 0 }, { INT32_MAX, true, INT64_C(1) << 31 },
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
		assert_true(kernel_page_info(kernel, IMAGE + page_at(3), &info,
					     NULL));
		assert_int_equal(info.has_mapcount, rows[i].has);
		if (rows[i].has)
			assert_int_equal(info.mapcount, rows[i].count);
		assert_true(info.has_refcount && info.refcount == -2);
		assert_false(info.second);
		for (uint64_t pfn = 4; pfn < 7; pfn++) {
			assert_true(kernel_page_info(
				kernel, IMAGE + page_at(pfn), &info, NULL));
			assert_false(info.has_mapcount);
			assert_int_equal(info.second, pfn == 5);
			assert_int_equal(info.order_bits, 0);
		}
		kernel_close(kernel);
	}
}

/* --- free objects --- */

/* A cache with two nodes, and what each keeps. The objects are the four of 64 bytes from
 * SLAB_AT on, of which the second is asked about. */
enum {
	CACHE = 0x5000, FIRST_NODE = 0x6000, SECOND_NODE = 0x6100, ALIENS = 0x6200,
	ALIEN_0 = 0x6300, ALIEN_1 = 0x6400, EMPTY = 0x6500, KEPT = 0x6600,
	CPU = 0x6800, BARN = 0x6900, SLAB_AT = 0x8000, OBJECT = SLAB_AT + 0x40,
	LIST_AT = 0x7000
};

struct member_place {
	enum member_id id;
	uint32_t offset, size;
};

static void ask_object(const struct member_place *members, size_t nr,
		       struct slab_object *object)
{
	const struct slab_place place = {
		.address = IMAGE + CACHE, .slab = IMAGE + SLAB_AT,
		.has_object = true, .object = IMAGE + OBJECT, .index = 1,
		.size = 0x40, .page = IMAGE + LIST_AT, .start = IMAGE + SLAB_AT,
		.objects = 4,
	};
	struct linked linked = { .nr = 0 };
	struct kernel *kernel;
	struct member *known;

	linked_add(&linked, "_stext", LINKED_BASE, 0); /* and no CPUs: without SMP */
	kernel = memory_open(linked_open(&linked), NULL);
	known = kernel_state(kernel, STATE_MEMBERS);
	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		known[id].tried = true;
	for (size_t i = 0; i < nr; i++)
		known[members[i].id] = (struct member){
			true, true, members[i].offset, members[i].size,
		};
	kernel_slab_object(kernel, &place, object);
	kernel_close(kernel);
}

/* What SLAB keeps beside a slab: struct array_cache, mm/slab.c; each has its number of
 * objects, then these. */
static void put_array(uint64_t at, uint64_t nr, uint64_t object)
{
	put(at, nr, 4);
	for (uint64_t i = 0; i < nr; i++)
		put(at + 8 + 8 * i, i + 1 == nr && object ? IMAGE + object : 1, 8);
}

static void objects_in_arrays(void **state)
{
	static const struct member_place members[] = {
		{ CACHE_NUM, 0, 4 },	      { CACHE_NODE, 16, 16 },
		{ CACHE_NODE_SHARED, 0, 8 },  { CACHE_NODE_ALIEN, 8, 8 },
		{ ARRAY_CACHE_NR, 0, 4 },     { ARRAY_CACHE_ENTRY, 8, 0 },
		{ ALIEN_CACHE_AC, 16, 16 },
	};
	enum { NR = sizeof(members) / sizeof(members[0]) };
	/* which of the arrays has the object, as its last of three */
	static const uint64_t arrays[] = { KEPT, KEPT + 0x80, ALIEN_0 + 16,
					   ALIEN_1 + 16 };
	struct slab_object object;

	(void)state;
	for (size_t which = 0; which <= 4; which++)
		for (int with_aliens = 0; with_aliens < 2; with_aliens++) {
			start("4.4.0", FLAT);
			put(CACHE + 16, IMAGE + FIRST_NODE, 8);
			put(CACHE + 24, IMAGE + SECOND_NODE, 8);
			put(FIRST_NODE, IMAGE + KEPT, 8);
			put(SECOND_NODE, IMAGE + KEPT + 0x80, 8);
			put(FIRST_NODE + 8, IMAGE + ALIENS, 8);
			put(ALIENS, IMAGE + ALIEN_0, 8);
			put(ALIENS + 8, IMAGE + ALIEN_1, 8);
			for (size_t i = 0; i < 4; i++)
				put_array(arrays[i], 3, i == which ? OBJECT : 0);
			ask_object(members, with_aliens ? NR : NR - 1, &object);
			if ((object.state == SLAB_STATE_FREE) !=
			    (which < (with_aliens ? 4 : 2)))
				fail_msg("array %zu", which);
		}
}

/* SLUB's own list of a slab: plain, or each pointer with the cache's random number and
 * where it lies (2482ddec670f), whose bytes are swapped since 5.7 (1ad53d9fa3f6). */
static void objects_in_a_list(void **state)
{
	static const struct member_place members[] = {
		{ CACHE_OFFSET, 0, 4 },
		{ SLAB_FREELIST, 0, 8 },
		{ CACHE_RANDOM, 8, 8 },
	};
	enum { PLAIN, HARDENED, SWAPPED, NR_CODINGS };
	static const struct {
		int list[4]; /* numbers of objects; -1: the end */
		enum slab_state state;
	} rows[] = {
		{ { 1, -1 }, SLAB_STATE_FREE },
		{ { 3, 1, -1 }, SLAB_STATE_FREE },
		{ { 1, 2, 0, -1 }, SLAB_STATE_FREE },
		{ { 2, 0, -1 }, SLAB_STATE_ALLOCATED },
		{ { -1 }, SLAB_STATE_ALLOCATED },
	};
	const uint64_t random = UINT64_C(0x123456789abcdef0);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int coding = PLAIN; coding < NR_CODINGS; coding++) {
			struct slab_object object;

			start("6.1.0", FLAT);
			put(CACHE, 0x20, 4);
			put(CACHE + 8, random, 8);
			put(LIST_AT, rows[i].list[0] < 0 ? 0 : IMAGE + SLAB_AT + 0x40 * rows[i].list[0], 8);
			for (int nr = 0; rows[i].list[nr] >= 0; nr++) {
				uint64_t at = SLAB_AT + 0x40 * rows[i].list[nr] + 0x20;
				int next = rows[i].list[nr + 1];
				uint64_t value = next < 0 ? 0 : IMAGE + SLAB_AT + 0x40 * next;

				if (coding == HARDENED)
					value ^= random ^ (IMAGE + at);
				if (coding == SWAPPED)
					value ^= random ^ __builtin_bswap64(IMAGE + at);
				put(at, value, 8);
			}
			ask_object(members, coding == PLAIN ? 2 : 3, &object);
			if (object.state != rows[i].state)
				fail_msg("row %zu, coding %d: %s", i, coding,
					 object.why.message);
		}
}

/* Sheaves of a CPU, and those that a node has in its barn: 6.18. */
static void objects_in_sheaves(void **state)
{
	static const struct member_place members[] = {
		{ CACHE_OFFSET, 0, 4 },	     { SLAB_FREELIST, 0, 8 },
		{ CACHE_CPU_SHEAVES, 8, 8 }, { CACHE_NODE, 16, 8 },
		{ SHEAVES_MAIN, 0, 8 },	     { SHEAVES_SPARE, 8, 8 },
		{ CACHE_NODE_BARN, 0, 8 },   { BARN_FULL, 8, 16 },
		{ SHEAF_LIST, 0, 16 },	     { SHEAF_SIZE, 16, 4 },
		{ SHEAF_OBJECTS, 24, 0 },
	};
	static const uint64_t sheaves[] = { KEPT, KEPT + 0x80, KEPT + 0x100, KEPT + 0x180 };
	struct slab_object object;

	(void)state;
	for (size_t which = 0; which <= 4; which++) {
		start("6.18.0", FLAT);
		put(CACHE + 8, IMAGE + CPU, 8);
		put(CACHE + 16, IMAGE + FIRST_NODE, 8);
		put(CACHE + 24, 1, 8); /* what follows is no node */
		put(CPU, IMAGE + sheaves[0], 8);
		put(CPU + 8, IMAGE + sheaves[1], 8);
		put(FIRST_NODE, IMAGE + BARN, 8);
		put(BARN + 8, IMAGE + sheaves[2], 8);
		put(sheaves[2], IMAGE + sheaves[3], 8);
		put(sheaves[3], IMAGE + BARN + 8, 8);
		for (size_t i = 0; i < 4; i++)
			put_array(sheaves[i] + 16, 3, i == which ? OBJECT : 0);
		ask_object(members, sizeof(members) / sizeof(members[0]), &object);
		if (object.state != (which < 4 ? SLAB_STATE_FREE : SLAB_STATE_ALLOCATED))
			fail_msg("sheaf %zu: %s", which, object.why.message);
	}
}

/* --- pages of zeros --- */

static void zero_pages(void **state)
{
	struct kernel *kernel;

	(void)state;
	start("6.1.0", FLAT "SYMBOL(huge_zero_pfn)=ffffffff80006000\n"
			    "SYMBOL(empty_zero_page)=ffffffff80007000\n");
	put(0x6000, 0x600, 8);
	kernel = memory_open(NULL, NULL);
	assert_false(kernel_is_zero_page(kernel, 0x5fffff));
	assert_true(kernel_is_zero_page(kernel, 0x600000));
	assert_true(kernel_is_zero_page(kernel, 0x7fffff));
	assert_false(kernel_is_zero_page(kernel, 0x800000));
	assert_false(kernel_is_zero_page(kernel, 0x6fff));
	assert_true(kernel_is_zero_page(kernel, 0x7000));
	assert_true(kernel_is_zero_page(kernel, 0x7fff));
	assert_false(kernel_is_zero_page(kernel, 0x8000));
	assert_false(kernel_is_zero_page(kernel, 0));
	kernel_close(kernel);
	/* before 5.12 a struct page */
	start("5.10.0", FLAT "SYMBOL(huge_zero_page)=ffffffff80006000\n");
	put(0x5000, IMAGE + PAGES, 8);
	put(0x6000, IMAGE + page_at(2), 8);
	kernel = memory_open(NULL, NULL);
	assert_false(kernel_is_zero_page(kernel, 0x1fff));
	assert_true(kernel_is_zero_page(kernel, 0x2000));
	assert_true(kernel_is_zero_page(kernel, 0x201fff));
	assert_false(kernel_is_zero_page(kernel, 0x202000));
	kernel_close(kernel);
	/* none of them is known */
	start("6.1.0", FLAT);
	kernel = memory_open(NULL, NULL);
	assert_false(kernel_is_zero_page(kernel, 0));
	assert_false(kernel_is_zero_page(kernel, 0x1000));
	kernel_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_of_sections),
		cmocka_unit_test(parts_of_sections),
		cmocka_unit_test(sections_without_roots),
		cmocka_unit_test(numbers_of_sections),
		cmocka_unit_test(roots_by_symbol),
		cmocka_unit_test(pages_of_sections),
		cmocka_unit_test(search_of_sections_stopped),
		cmocka_unit_test(nodes_of_memory),
		cmocka_unit_test(the_end_of_memory),
		cmocka_unit_test(free_blocks),
		cmocka_unit_test(owners_and_flags),
		cmocka_unit_test(compound_pages),
		cmocka_unit_test(pointers_to_pages),
		cmocka_unit_test(counts_of_pages),
		cmocka_unit_test(objects_in_arrays),
		cmocka_unit_test(objects_in_a_list),
		cmocka_unit_test(objects_in_sheaves),
		cmocka_unit_test(zero_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
