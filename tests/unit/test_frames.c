/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames and struct pages in memory: sections and their roots, memory maps, free
 * blocks, compound pages, pages of zeros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "query/translate.h"
#include "linux/page_members.h"
#include "linux/page/page.h"
#include "linux/page/page_info.h"
#include "linux/page/page_layout.h"
#include "linux/page/page_use.h"
#include "linux/slab/slab.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "memory.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

/* --- sections --- */

/* include/linux/mmzone.h; 32768 frames of 64 bytes in each */
enum { ROOTS = 0x5000, FIRST = 0x6000, SECOND = 0x7000, USAGE = 0x8000, PAGES = 0x9000 };
enum { HAS_MAP = 2, EARLY = 8, FRAMES = 1 << 15 };

#define SPARSE                                                                                     \
	"SIZE(page)=64\nSIZE(mem_section)=16\nOFFSET(page.flags)=0\n"                              \
	"OFFSET(mem_section.section_mem_map)=0\n"                                                  \
	"OFFSET(mem_section.usage)=8\n"                                                            \
	"OFFSET(mem_section_usage.subsection_map)=4\n"

/* The map of a section whose first struct page is at this paddr. */
static uint64_t map_of(uint64_t number, uint64_t paddr)
{
	return IMAGE + paddr - number * FRAMES * 64;
}

static void put_section(uint64_t at, uint64_t number, uint64_t pages, unsigned int flags)
{
	put(at, map_of(number, pages) | flags, 8);
	put(at + 8, IMAGE + USAGE, 8);
}

static bool find_section(struct kernel *kernel, uint64_t number, struct section *section)
{
	struct section_cursor cursor = { 0 };

	while (page_next_section(kernel, &cursor, section))
		if (section->number == number)
			return true;
	return false;
}

static void expect_section(struct kernel *kernel, uint64_t number, uint64_t at, bool early)
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
	memory_start_64("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n"
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
	assert_non_null(page_section_layout(kernel));
	assert_true(page_section_layout(kernel)->roots_are_pointers);
	assert_true(page_section_layout(kernel)->per_root == 256);
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
		assert_true(page_next_section(kernel, &cursor, &section));
		assert_true(section.number == numbers[i]);
	}
	assert_false(page_next_section(kernel, &cursor, &section));
	open_close(kernel);
}

/* Parts of 2M: f46edbd1b151 (5.3). All of a section that was there at boot. */
static void parts_of_sections(void **state)
{
	struct section section;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put_section(FIRST, 0, PAGES, HAS_MAP | EARLY);
	put_section(FIRST + 16, 1, PAGES, HAS_MAP);
	put(USAGE + 4, UINT64_C(1) << 0 | UINT64_C(1) << 9 | UINT64_C(1) << 63, 8);
	kernel = memory_open(NULL, NULL);
	assert_true(page_section_of(kernel, 0, &section));
	assert_true(page_section_of(kernel, 512 * 5, &section));
	assert_true(page_section_of(kernel, FRAMES - 1, &section));
	assert_true(section.number == 0);
	for (uint64_t part = 0; part < 64; part++) {
		bool there = part == 0 || part == 9 || part == 63;
		uint64_t pfn = FRAMES + part * 512;

		assert_int_equal(page_section_of(kernel, pfn, &section), there);
		assert_int_equal(page_section_of(kernel, pfn + 511, &section), there);
	}
	assert_false(page_section_of(kernel, 2 * FRAMES, &section));
	open_close(kernel);
}

/* An array of sections, as without EXTREME: by its length or its size. */
static void sections_without_roots(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		static const char *const notes[] = {
			/* 2^(46-27), and one beside it */
			SPARSE "SYMBOL(mem_section)=ffffffff80005000\nLENGTH(mem_section)=524288\n",
			SPARSE "SYMBOL(mem_section)=ffffffff80005000\nLENGTH(mem_section)=524287\n",
			SPARSE "NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=32\n",
		};
		struct linked linked = { 0 };
		struct section section;
		struct kernel *kernel;

		memory_start_64("6.1.0", notes[way]);
		put_section(ROOTS, 0, PAGES, HAS_MAP);
		put_section(ROOTS + 16, 1, PAGES, HAS_MAP);
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		linked_add(&linked, "mem_section", IMAGE + ROOTS, 32 * 16);
		kernel = memory_open(way == 2 ? linked_open(&linked) : NULL, NULL);
		assert_non_null(page_section_layout(kernel));
		assert_int_equal(page_section_layout(kernel)->roots_are_pointers, way == 1);
		if (way != 1) {
			assert_true(find_section(kernel, 1, &section));
			assert_true(section.address == IMAGE + ROOTS + 16);
			assert_true(page_section_layout(kernel)->per_root == 1);
		}
		open_close(kernel);
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
		memory_start_64("6.1.0", note);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(page_section_layout(kernel) != NULL, rows[i].sane);
		open_close(kernel);
	}
}

/* Of i386 the sections are in an array, where no size tells it. */
static void sections_of_i386(void **state)
{
	(void)state;
	for (int with_size = 0; with_size < 2; with_size++) {
		struct linked linked = { .narrow = true };
		struct kernel *kernel;

		memory_start(true, "OSRELEASE=4.14.0\nSYMBOL(swapper_pg_dir)=c0001000\n"
				   "SYMBOL(_stext)=c1000000\nSYMBOL(mem_section)=c0005000\n"
				   "SIZE(page)=32\nSIZE(mem_section)=8\n"
				   "OFFSET(mem_section.section_mem_map)=0\n");
		put(0x1000 + 4 * (0xc0000000 >> 22), P | RW | PS, 4);
		linked_add(&linked, "_stext", LINKED_BASE_32, 0);
		linked_add(&linked, "mem_section", 0xc0005000, with_size ? 24 : 0);
		kernel = memory_open(linked_open(&linked), NULL);
		assert_non_null(page_section_layout(kernel));
		assert_int_equal(page_section_layout(kernel)->roots_are_pointers, with_size);
		open_close(kernel);
	}
}

/* Sizes that no struct mem_section has. */
static void sizes_of_sections(void **state)
{
	static const struct {
		const char *size;
		bool sane;
	} rows[] = {
		{ "SIZE(mem_section)=16\n", true },   { "", false },
		{ "SIZE(mem_section)=0\n", false },   { "SIZE(mem_section)=1\n", true },
		{ "SIZE(mem_section)=4096\n", true }, { "SIZE(mem_section)=4097\n", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char note[256];

		snprintf(note, sizeof(note),
			 "SIZE(page)=64\nOFFSET(mem_section.section_mem_map)=0\n"
			 "SYMBOL(mem_section)=ffffffff80005000\n%s",
			 rows[i].size);
		memory_start_64("6.1.0", note);
		kernel = memory_open(NULL, NULL);
		if ((page_section_layout(kernel) != NULL) != rows[i].sane)
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* Other places of the members than those above; the first section is not there, and the bits
 * of the last part are the last bytes of memory. */
static void places_in_sections(void **state)
{
	enum { LAST_USAGE = 0x10000 - 8 - 16 };
	struct section section;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0", "SIZE(page)=64\nSIZE(mem_section)=32\nOFFSET(page.flags)=0\n"
				 "OFFSET(mem_section.section_mem_map)=16\n"
				 "OFFSET(mem_section.usage)=8\n"
				 "OFFSET(mem_section_usage.subsection_map)=16\n"
				 "SYMBOL(mem_section)=ffffffff80005000\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put(FIRST + 3 * 32 + 16, map_of(3, PAGES) | HAS_MAP, 8);
	put(FIRST + 3 * 32 + 8, IMAGE + LAST_USAGE, 8);
	put(LAST_USAGE + 16, UINT64_C(1) << 63 | UINT64_C(1) << 17, 8);
	kernel = memory_open(NULL, NULL);
	assert_true(page_section_layout(kernel)->per_root == 128);
	for (uint64_t part = 0; part < 64; part++)
		if (page_section_of(kernel, 3 * FRAMES + part * 512, &section) !=
		    (part == 63 || part == 17))
			fail_msg("part %llu", (unsigned long long)part);
	assert_true(section.number == 3 && section.map == map_of(3, PAGES));
	open_close(kernel);
}

/* What stands behind the last section's struct is none. */
static void the_end_of_sections(void **state)
{
	struct section_cursor cursor = { 0 };
	struct section section;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0",
			SPARSE "SYMBOL(mem_section)=ffffffff80005000\n"
			       "NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=32\n"
			       "LENGTH(mem_section)=32\n");
	put_section(ROOTS + 31 * 16, 31, PAGES, HAS_MAP);
	put_section(ROOTS + 32 * 16, 32, PAGES, HAS_MAP | EARLY);
	kernel = memory_open(NULL, NULL);
	assert_true(page_next_section(kernel, &cursor, &section));
	assert_true(section.number == 31);
	assert_false(page_next_section(kernel, &cursor, &section));
	assert_true(find_section(kernel, 31, &section));
	assert_false(page_section_of(kernel, 32 * FRAMES, &section));
	open_close(kernel);
}

/* A page of zeros, mapped again and again; its place is `at`, from `first` to `last`. */
static void map_pages(unsigned int first, unsigned int last, uint64_t at)
{
	enum { TABLE = 0xa000 };

	put(0x3008, TABLE | P | RW, 8);
	for (unsigned int i = first; i <= last; i++)
		put(TABLE + 8 * i, at | P | RW, 8);
}

#define SECOND_2M (IMAGE + 0x200000)

/* Five levels: 2^17 roots, of which only the last has sections. */
static void the_last_of_all_roots(void **state)
{
	struct section_cursor cursor = { 0 };
	struct section section;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0",
			SPARSE "SYMBOL(mem_section)=ffffffff80200000\n"
			       "NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=52\n");
	map_pages(0, 254, 0xc000);
	map_pages(255, 255, 0xb000);
	put(0xbff8, IMAGE + FIRST, 8);
	put_section(FIRST + 16, (UINT64_C(1) << 25) - 255, PAGES, HAS_MAP);
	kernel = memory_open(NULL, NULL);
	assert_true(page_next_section(kernel, &cursor, &section));
	assert_true(section.number == (UINT64_C(1) << 25) - 255);
	open_close(kernel);
}

/* A root that is 0, or cannot be read, takes one look, not one for each of its sections:
 * these are 1536 of 2048. */
static void roots_that_are_missing(void **state)
{
	(void)state;
	for (int zero = 0; zero < 2; zero++) {
		struct section_cursor cursor = { 0 };
		struct section section;
		struct kernel *kernel;

		memory_start_64("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80200000\n"
						"NUMBER(SECTION_SIZE_BITS)=27\n"
						"NUMBER(MAX_PHYSMEM_BITS)=46\n");
		map_pages(3, 3, 0xb000);
		if (zero)
			map_pages(0, 2, 0xc000);
		put(0xbff0, IMAGE + FIRST, 8);
		put_section(FIRST + 5 * 16, 2046 * 256 + 5, PAGES, HAS_MAP);
		put(0xbff8, IMAGE + SECOND, 8);
		put_section(SECOND, 2047 * 256, PAGES, HAS_MAP);
		kernel = memory_open(NULL, NULL);
		assert_true(page_next_section(kernel, &cursor, &section));
		assert_true(section.number == 2046 * 256 + 5);
		assert_true(page_next_section(kernel, &cursor, &section));
		assert_true(section.number == 2047 * 256);
		assert_false(page_next_section(kernel, &cursor, &section));
		open_close(kernel);
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
		{ 8, 0x1000, true },  { 16, 0x1000, false }, { 4096, 0x1000, false },
		{ 4, 0x1000, false }, { 0, 127, true },	     { 0, 128, false },
		{ 0, 8, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { 0 };
		struct kernel *kernel;
		uint64_t value;

		memory_start_64("6.1.0", "SIZE(page)=64\n");
		put(ROOTS, IMAGE + FIRST, 8);
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		linked_add(&linked, "mem_section", IMAGE + ROOTS, rows[i].size);
		linked_add(&linked, "next", IMAGE + ROOTS + rows[i].room, 8);
		kernel = memory_open(linked_open(&linked), NULL);
		assert_true(kernel_fact(kernel, FACT_MEM_SECTION, &value));
		if (value != IMAGE + (rows[i].pointer ? FIRST : ROOTS))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
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
	memory_start_64("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put_section(FIRST, 0, PAGES, HAS_MAP | EARLY);
	put_section(FIRST + 32, 2, PAGES + 0x800, HAS_MAP | EARLY);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_MEMORY_MODEL, &page));
	assert_true(page == MODEL_SPARSEMEM);
	for (size_t i = 0; i < 4; i++) {
		assert_true(page_of_pfn(kernel, rows[i].pfn, &page, NULL));
		assert_true(page == IMAGE + rows[i].page);
		if (rows[i].pfn >= FRAMES)
			continue; /* both maps overlap here */
		assert_true(page_pfn(kernel, page, &pfn, NULL));
		assert_true(pfn == rows[i].pfn);
		assert_false(page_pfn(kernel, page + 8, &pfn, NULL));
	}
	assert_false(page_pfn(kernel, IMAGE + PAGES - 64, &pfn, NULL));
	for (size_t i = 5; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(page_of_pfn(kernel, rows[i].pfn, &page, NULL));
	open_close(kernel);
}

/* Memory begins above the first sections: their maps are found by number. */
static void pages_of_a_later_section(void **state)
{
	static const uint64_t frames[] = { 0, 1, 77 };
	struct kernel *kernel;
	uint64_t page, pfn;

	(void)state;
	memory_start_64("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put_section(FIRST + 5 * 16, 5, PAGES, HAS_MAP | EARLY);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_MEMORY_MODEL, &page));
	assert_true(page == MODEL_SPARSEMEM);
	for (size_t i = 0; i < 3; i++) {
		assert_true(page_of_pfn(kernel, 5 * FRAMES + frames[i], &page, NULL));
		assert_true(page == IMAGE + PAGES + 64 * frames[i]);
		assert_true(page_pfn(kernel, page, &pfn, NULL));
		assert_true(pfn == 5 * FRAMES + frames[i]);
	}
	assert_false(page_pfn(kernel, IMAGE + PAGES + 64 * FRAMES, &pfn, NULL));
	open_close(kernel);
}

/* --- one virtual map --- */

/* SPARSEMEM_VMEMMAP: the first 2M are the struct pages from frame 0 on. */
#define VMEMMAP UINT64_C(0xffffea0000000000)

static void start_vmemmap(const char *more)
{
	char note[768];

	snprintf(note, sizeof(note), SPARSE "SYMBOL(mem_section)=ffffffff80005000\n%s", more);
	memory_start_64("6.1.0", note);
	put(0x1000 + 8 * (VMEMMAP >> 39 & 511), 0xa000 | P | RW, 8);
	put(0xa000, 0xb000 | P | RW, 8);
	put(0xb000, P | RW | PS, 8);
	put(ROOTS, IMAGE + FIRST, 8);
}

/* All sections name the one map; frames of those that are not there have none. */
static void pages_of_vmemmap(void **state)
{
	static const struct {
		uint64_t pfn;
		bool there;
	} rows[] = {
		{ 0, true },
		{ 0x240, true },
		{ FRAMES - 1, true },
		{ FRAMES, false },
		{ 2 * FRAMES, true },
		{ 3 * FRAMES, false },
		{ UINT64_C(1) << 39, false },
	};
	uint64_t value, page, pfn;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start_vmemmap("");
	put(FIRST, VMEMMAP | HAS_MAP | EARLY, 8);
	put(FIRST + 32, VMEMMAP | HAS_MAP | EARLY, 8);
	kernel = memory_open(NULL, "page_offset=ffff888000000000");
	assert_true(kernel_fact(kernel, FACT_MEMORY_MODEL, &value));
	assert_true(value == MODEL_VMEMMAP);
	assert_true(kernel_fact(kernel, FACT_VMEMMAP, &value));
	assert_true(value == VMEMMAP);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (page_of_pfn(kernel, rows[i].pfn, &page, &err) != rows[i].there)
			fail_msg("row %zu", i);
		if (!rows[i].there) {
			assert_int_equal(err.code, ERROR_NO_ANSWER);
			assert_false(page_pfn(kernel, VMEMMAP + 64 * rows[i].pfn, &pfn, NULL));
			continue;
		}
		assert_true(page == VMEMMAP + 64 * rows[i].pfn);
		assert_true(page_pfn(kernel, page, &pfn, NULL));
		assert_true(pfn == rows[i].pfn);
	}
	assert_false(page_pfn(kernel, VMEMMAP - 64, &pfn, &err));
	assert_non_null(strstr(err.message, "outside the memory map"));
	assert_false(page_pfn(kernel, VMEMMAP + 64 * FRAMES, &pfn, &err));
	assert_non_null(strstr(err.message, "outside the memory map"));
	open_close(kernel);
}

/* The first section's map tells where the one map is (KASLR moves it), if the page table maps
 * it, and if all have one. */
static void the_map_by_the_first_section(void **state)
{
	static const struct {
		uint64_t map; /* of section 2, the first one */
		bool there, sparse;
	} rows[] = {
		{ VMEMMAP, true, false },
		{ VMEMMAP - 0x40000, true, false },
		{ VMEMMAP + 0x200000, false, false },
		/* in the direct map, which does not map it: not a map of its own there */
		{ 0xffff888000000000, false, false },
		{ 0xffffffff80009000 - 2 * FRAMES * 64, false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value;

		start_vmemmap("");
		put(0xb000 + 8, P | RW | PS, 8); /* of section 2 */
		put(FIRST + 32, rows[i].map | HAS_MAP | EARLY, 8);
		kernel = memory_open(NULL, "page_offset=ffff888000000000");
		assert_true(kernel_fact(kernel, FACT_MEMORY_MODEL, &value));
		if (value != (rows[i].sparse ? MODEL_SPARSEMEM : MODEL_VMEMMAP))
			fail_msg("row %zu: %llu", i, (unsigned long long)value);
		value = 0;
		kernel_fact(kernel, FACT_VMEMMAP, &value);
		if ((value == rows[i].map) != rows[i].there)
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
	}
}

/* Without a note the symbols tell the model: 2.6.24 has vmemmap_populate, later kernels a
 * variable, too. */
static void models_by_symbols(void **state)
{
	static const struct {
		const char *symbols[3];
		int model; /* -1: unknown */
	} rows[] = {
		{ { "mem_section", "vmemmap_base", "vmemmap_populate" }, MODEL_VMEMMAP },
		{ { "mem_section", "vmemmap_base" }, MODEL_VMEMMAP },
		{ { "mem_section", "vmemmap_populate" }, MODEL_VMEMMAP },
		{ { "mem_section" }, MODEL_SPARSEMEM },
		{ { "mem_section", "mem_map" }, MODEL_SPARSEMEM },
		{ { "mem_map", "node_data" }, MODEL_FLATMEM },
		{ { "node_data" }, MODEL_DISCONTIGMEM },
		{ { NULL }, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { 0 };
		struct kernel *kernel;
		uint64_t value = 99;

		memory_start_64("6.1.0", "SIZE(page)=64\n");
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		for (int nr = 0; nr < 3 && rows[i].symbols[nr]; nr++)
			linked_add(&linked, rows[i].symbols[nr], IMAGE + ROOTS, 8);
		kernel = memory_open(linked_open(&linked), NULL);
		assert_int_equal(kernel_fact(kernel, FACT_MEMORY_MODEL, &value),
				 rows[i].model >= 0);
		if (rows[i].model >= 0 && value != (uint64_t)rows[i].model)
			fail_msg("row %zu: %llu", i, (unsigned long long)value);
		open_close(kernel);
	}
}

/* Where the layout of sections is not known, max_pfn tells which frames there are. */
static void vmemmap_without_sections(void **state)
{
	struct linked linked = { 0 };
	struct kernel *kernel;
	uint64_t page;

	(void)state;
	memory_start_64("6.1.0", "SIZE(page)=64\n");
	put(0x5000, 100, 8);
	linked_add(&linked, "_stext", LINKED_BASE, 0);
	linked_add(&linked, "mem_section", IMAGE + ROOTS, 8);
	linked_add(&linked, "vmemmap_base", IMAGE + 0x5008, 8);
	linked_add(&linked, "max_pfn", IMAGE + 0x5000, 8);
	put(0x5008, VMEMMAP, 8);
	kernel = memory_open(linked_open(&linked), "page_offset=ffff888000000000");
	assert_true(page_of_pfn(kernel, 99, &page, NULL));
	assert_true(page == VMEMMAP + 99 * 64);
	assert_false(page_of_pfn(kernel, 100, &page, NULL));
	open_close(kernel);
}

/* A struct page is 32 to 64 bytes in truth; not 0, which nothing can be divided by. */
static void sizes_of_pages(void **state)
{
	static const struct {
		unsigned int size;
		bool sane;
	} rows[] = { { 0, false },   { 1, true },     { 64, true },
		     { 4096, true }, { 4097, false }, { 4095, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t page, pfn;
		struct error err;
		char note[128];

		snprintf(note, sizeof(note), "SIZE(page)=%u\nSYMBOL(mem_map)=ffffffff80005000\n",
			 rows[i].size);
		memory_start_64("6.1.0", note);
		put(0x5000, IMAGE + PAGES, 8);
		kernel = memory_open(NULL, NULL);
		if (page_of_pfn(kernel, 3, &page, &err) != rows[i].sane)
			fail_msg("%u", rows[i].size);
		if (rows[i].sane) {
			assert_true(page == IMAGE + PAGES + 3 * rows[i].size);
			assert_true(page_pfn(kernel, page, &pfn, NULL));
			assert_true(pfn == 3);
			assert_true(page_pfn(kernel, IMAGE + PAGES, &pfn, NULL));
			assert_true(pfn == 0);
		} else {
			assert_int_equal(err.code, ERROR_FORMAT);
		}
		open_close(kernel);
	}
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
	memory_start_64("6.1.0", SPARSE "SYMBOL(mem_section)=ffffffff80005000\n");
	put(ROOTS, IMAGE + FIRST, 8);
	put_section(FIRST, 0, PAGES, HAS_MAP | EARLY);
	for (unsigned int i = 1; i < 512; i++)
		put(ROOTS + 8 * i, IMAGE + FIRST, 8);
	show_memory_load();
	kernel = memory_open(NULL, NULL);
	kernel->listener = &listener;
	assert_false(page_pfn(kernel, IMAGE + PAGES - 64, &pfn, &err));
	assert_int_equal(err.code, ERROR_NO_ANSWER);
	assert_in_range(asked.nr, 32, 1000);
	asked = (struct asked){ .left = 3 };
	assert_false(page_pfn(kernel, IMAGE + PAGES - 64, &pfn, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_in_range(asked.nr, 4, 6);
	open_close(kernel);
}

/* --- nodes --- */

enum { NODES = 0x5000, NODE_0 = 0x6000, NODE_2 = 0x6100 };

#define NODE_MEMBERS                                                                               \
	"SIZE(page)=64\nOFFSET(page.flags)=0\n"                                                    \
	"OFFSET(pglist_data.node_start_pfn)=0\n"                                                   \
	"OFFSET(pglist_data.node_spanned_pages)=8\n"                                               \
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

		snprintf(note, sizeof(note), NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\n%s",
			 rows[i].note);
		memory_start_64("6.1.0", note);
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

			assert_int_equal(page_of_pfn(kernel, pfn, &page, NULL), there);
			if (!there)
				continue;
			assert_true(page ==
				    IMAGE + PAGES + (nr < 2 ? pfn * 64 : 0x400 + (pfn - 8) * 64));
			assert_true(page_pfn(kernel, page, &value, NULL));
			assert_true(value == pfn);
		}
		assert_false(page_of_pfn(kernel, 4, &value, NULL));
		assert_false(page_of_pfn(kernel, 7, &value, NULL));
		assert_false(page_of_pfn(kernel, 10, &value, NULL));
		assert_false(page_pfn(kernel, IMAGE + PAGES + 4 * 64, &value, NULL));
		assert_false(page_pfn(kernel, IMAGE + PAGES + 0x480, &value, NULL));
		assert_false(page_pfn(kernel, IMAGE + PAGES - 64, &value, NULL));
		open_close(kernel);
	}
}

/* Slots of node_data[]: those that are 0 are passed over, and no more than 1024 of them are
 * looked at (NODES_SHIFT is 10 at most). */
static void slots_of_nodes(void **state)
{
	static const struct {
		const char *note;
		unsigned int slot; /* that is the only one */
		bool there;
	} rows[] = {
		{ "LENGTH(node_data)=2000\n", 1023, true },
		{ "LENGTH(node_data)=2000\n", 1024, false },
		{ "LENGTH(node_data)=1024\n", 1023, true },
		{ "LENGTH(node_data)=1023\n", 1023, false },
		{ "LENGTH(node_data)=1\n", 0, true },
		/* four bytes: 02000001, and 1 before another variable */
		{ "SYMBOL(nr_node_ids)=ffffffff80004000\n", 1, true },
		{ "SYMBOL(nr_node_ids)=ffffffff80004008\n", 0, true },
		{ "SYMBOL(nr_node_ids)=ffffffff80004008\n", 1, false },
		/* nothing tells how many there are */
		{ "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t index = 0, pgdat = 0;
		struct kernel *kernel;
		char note[512];

		snprintf(note, sizeof(note), NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\n%s",
			 rows[i].note);
		memory_start_64("6.1.0", note);
		put(0x4000, 0x02000001, 8);
		put(0x4008, 1 | UINT64_C(7) << 32, 8);
		put(NODES + 8 * rows[i].slot, IMAGE + NODE_0, 8);
		kernel = memory_open(NULL, NULL);
		if (page_next_node(kernel, &index, &pgdat) != rows[i].there)
			fail_msg("row %zu", i);
		if (rows[i].there) {
			assert_true(pgdat == IMAGE + NODE_0);
			assert_true(index == rows[i].slot + 1);
		}
		assert_false(page_next_node(kernel, &index, &pgdat));
		open_close(kernel);
	}
}

/* Maps that follow each other without a gap; the end of memory is the highest end of all,
 * whatever is between. A node without a map has no struct page. */
static void maps_of_nodes(void **state)
{
	uint64_t page, value;
	struct kernel *kernel;

	(void)state;
	memory_start_64("6.1.0",
			NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\nLENGTH(node_data)=4\n");
	put(NODES, IMAGE + NODE_0 + 0x80, 8);
	put(NODES + 8, IMAGE + NODE_0, 8);
	put(NODES + 16, IMAGE + NODE_2, 8);
	put_node(NODE_0, 20, 2, IMAGE + PAGES + 0x100);
	put_node(NODE_0 + 0x80, 4, 4, IMAGE + PAGES);
	put_node(NODE_2, 30, 2, 0);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_MAX_PFN, &value));
	assert_true(value == 32);
	assert_true(page_pfn(kernel, IMAGE + PAGES + 0xc0, &value, NULL));
	assert_true(value == 7);
	assert_true(page_pfn(kernel, IMAGE + PAGES + 0x100, &value, NULL));
	assert_true(value == 20);
	assert_false(page_pfn(kernel, IMAGE + PAGES + 0x180, &value, NULL));
	assert_false(page_of_pfn(kernel, 30, &page, NULL));
	open_close(kernel);
	/* the node that ends last comes first, and is larger than where it begins */
	memory_start_64("6.1.0",
			NODE_MEMBERS "SYMBOL(node_data)=ffffffff80005000\nLENGTH(node_data)=2\n");
	put(NODES, IMAGE + NODE_0, 8);
	put(NODES + 8, IMAGE + NODE_2, 8);
	put_node(NODE_0, 8, 6, IMAGE + PAGES);
	put_node(NODE_2, 0, 8, IMAGE + PAGES + 0x400);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_fact(kernel, FACT_MAX_PFN, &value));
	assert_true(value == 14);
	open_close(kernel);
	/* nothing says where the map of a node is */
	memory_start_64("6.1.0", "SIZE(page)=64\nOFFSET(pglist_data.node_start_pfn)=0\n"
				 "OFFSET(pglist_data.node_spanned_pages)=8\n"
				 "SYMBOL(node_data)=ffffffff80005000\nLENGTH(node_data)=1\n");
	put(NODES, IMAGE + NODE_0, 8);
	put_node(NODE_0, 0, 4, IMAGE + PAGES);
	kernel = memory_open(NULL, NULL);
	assert_false(page_of_pfn(kernel, 1, &page, NULL));
	assert_false(page_pfn(kernel, 1, &value, NULL));
	open_close(kernel);
}

/* Physical addresses have 52 bits, frame numbers 40. */
static void the_end_of_all_memory(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++)
		for (int by_node = 0; by_node < 2; by_node++) {
			uint64_t most = UINT64_C(1) << 40, value;
			struct linked linked = { 0 };
			struct kernel *kernel;

			memory_start_64("6.1.0",
					by_node ? NODE_MEMBERS
						"SYMBOL(contig_page_data)=ffffffff80006000\n" :
						  "SIZE(page)=64\n");
			put(0x5000, most + more, 8);
			put_node(NODE_0, most - 4, 4 + more, 0);
			linked_add(&linked, "_stext", LINKED_BASE, 0);
			if (!by_node)
				linked_add(&linked, "max_pfn", IMAGE + 0x5000, 8);
			kernel = memory_open(by_node ? NULL : linked_open(&linked), NULL);
			assert_int_equal(kernel_fact(kernel, FACT_MAX_PFN, &value), !more);
			if (!more)
				assert_true(value == most);
			open_close(kernel);
		}
}

/* The one node of FLATMEM, and what tells the end of memory without it. */
static void the_end_of_memory(void **state)
{
	struct kernel *kernel;
	uint64_t value;

	(void)state;
	for (int with_node = 0; with_node < 2; with_node++) {
		memory_start_64("6.1.0", with_node ? NODE_MEMBERS
						 "SYMBOL(mem_map)=ffffffff80005000\n"
						 "SYMBOL(contig_page_data)=ffffffff80006000\n" :
						     NODE_MEMBERS
						 "SYMBOL(mem_map)=ffffffff80005000\n");
		put(0x5000, IMAGE + PAGES, 8);
		put_node(NODE_0, 0, 4, IMAGE + PAGES);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_fact(kernel, FACT_MAX_PFN, &value), with_node);
		assert_true(!with_node || value == 4);
		assert_true(page_of_pfn(kernel, 3, &value, NULL));
		assert_int_equal(page_of_pfn(kernel, 4, &value, NULL), !with_node);
		assert_int_equal(page_of_pfn(kernel, 15, &value, NULL), !with_node);
		assert_false(page_of_pfn(kernel, 16, &value, NULL));
		assert_false(page_of_pfn(kernel, UINT64_C(1) << 52, &value, NULL));
		open_close(kernel);
	}
}

/* --- what a frame is used for --- */

/* FLATMEM: 16 frames, struct pages of 64 bytes at 9000. */
#define FLAT                                                                                       \
	"SIZE(page)=64\nSYMBOL(mem_map)=ffffffff80005000\n"                                        \
	"OFFSET(page.flags)=0\nOFFSET(page.compound_head)=8\n"                                     \
	"OFFSET(page.lru)=8\nOFFSET(page.mapping)=24\nOFFSET(page.index)=32\n"                     \
	"OFFSET(page.private)=40\nOFFSET(page._mapcount)=48\n"                                     \
	"OFFSET(page._refcount)=52\nOFFSET(page.compound_order)=17\n"                              \
	"NUMBER(PG_head_mask)=65536\nNUMBER(PG_slab)=7\nNUMBER(PG_reserved)=12\n"                  \
	"NUMBER(PG_swapcache)=10\nNUMBER(PG_swapbacked)=19\n"

static uint64_t page_at(uint64_t pfn)
{
	return PAGES + 64 * pfn;
}

static void start_flat(void)
{
	memory_start_64("6.1.0", FLAT);
	put(0x5000, IMAGE + PAGES, 8);
	for (uint64_t pfn = 0; pfn < 16; pfn++)
		put(page_at(pfn) + 48, UINT32_MAX, 4);
}

static void put_free(uint64_t pfn, uint64_t order)
{
	put(page_at(pfn) + 48, (uint32_t)~0x80, 4);
	put(page_at(pfn) + 40, order, 8);
}

static struct page_use use_of(struct kernel *kernel, uint64_t pfn, enum page_use_kind kind)
{
	struct error err = { .message = "" };
	struct page_use use;

	if (!page_use_of(kernel, pfn, &use, &err))
		fail_msg("%llx: %s", (unsigned long long)pfn, err.message);
	if (use.kind != kind)
		fail_msg("%llx is %s", (unsigned long long)pfn, page_use_names[use.kind]);
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
		open_close(kernel);
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

/* Without one of these no swap entry is known, nor an index; the numbers of a note may say
 * that a member is the first one. */
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
		/* 4.18 of a distribution: not known where the type begins */
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
		assert_false(use.unreferenced);
		open_close(kernel);
	}
}

/* The same of what says that a block is free: _refcount, private. */
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

/* 32 bits: an object lies in the kernel's half, which begins anywhere; numbers below 1000 and
 * poison are none. */
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

/* Frames 4 to 7: the order is in the first tail, index and owner are the head's. */
static void compound_pages(void **state)
{
	static const struct {
		unsigned int order;
		uint64_t pfn, head; /* of the struct page that frame 5's names */
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
		assert_int_equal(page_compound(kernel, rows[i].pfn, &words, &compound, NULL),
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

/* hugetlb freed the pages of struct pages behind the first: in each of the others a copy of the
 * head appears, followed by a tail (622026e87c40). Frames 0 to 511; pages of struct pages begin
 * with frames 0, 64 and 128. */
static void copies_of_heads(void **state)
{
	static const struct {
		uint64_t pfn; /* has the head's flag */
		uint64_t next; /* what the one behind it names */
		uint64_t head; /* UINT64_MAX: refused */
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
			if (page_compound(kernel, rows[i].pfn, &words, &compound, NULL) !=
			    (head != UINT64_MAX))
				fail_msg("row %zu, %d", i, tail);
			if (head != UINT64_MAX && (compound.head_pfn != head ||
						   compound.order != (head == rows[i].pfn ? 8 : 9)))
				fail_msg("row %zu, %d: %llx of order %u", i, tail,
					 (unsigned long long)compound.head_pfn, compound.order);
			open_close(kernel);
		}
}

/* What says in the first tail that the pages are hugetlb's: a number of a destructor, a
 * destructor (before 4.4), or a flag (6.6 to 6.8). */
static void pages_of_hugetlb(void **state)
{
	enum { BY_NUMBER, BY_ADDRESS, BY_FLAG, BY_NOTHING };
	static const struct {
		int way;
		uint64_t value; /* of what tells it */
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
		/* lru.prev, or a byte between others */
		put(page_at(5) + (old ? 16 : rows[i].way == BY_FLAG ? 18 : 17), 1, 1);
		kernel = memory_open(NULL, NULL);
		for (uint64_t pfn = 4; pfn < 6; pfn++) {
			struct page_use use = use_of(kernel, pfn, PAGE_USE_FILE);

			if (use.hugetlb != rows[i].hugetlb)
				fail_msg("row %zu", i);
			/* hugetlb counts in units of its own */
			assert_int_equal(use.has_index, !rows[i].hugetlb);
			assert_true(use.compound && use.order == 1);
			assert_true(use.head_pfn == 4);
		}
		open_close(kernel);
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
	assert_true(page_pfn(kernel, IMAGE + page_at(3), &pfn, &err));
	assert_int_equal(pfn, 3);
	assert_false(page_pfn(kernel, IMAGE + page_at(3) + 8, &pfn, &err));
	assert_non_null(strstr(err.message, "it points 8 bytes into the one at"));
	open_close(kernel);
}

/* Below -1 _mapcount is a type; those of compound pages are elsewhere. */
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

/* --- free objects --- */

/* A cache with two nodes, and what each keeps. The objects are the four of 64 bytes from
 * SLAB_AT on, of which the second is asked about. */
enum {
	CACHE = 0x5000,
	FIRST_NODE = 0x6000,
	SECOND_NODE = 0x6100,
	ALIENS = 0x6200,
	ALIEN_0 = 0x6300,
	ALIEN_1 = 0x6400,
	EMPTY = 0x6500,
	KEPT = 0x6600,
	CPU = 0x6800,
	BARN = 0x6900,
	SLAB_AT = 0x8000,
	OBJECT = SLAB_AT + 0x40,
	LIST_AT = 0x7000
};

struct member_place {
	unsigned int id;
	uint32_t offset, size;
};

static void ask_object(const struct member_place *members, size_t nr, struct slab_object *object)
{
	const struct slab_place place = {
		.address = IMAGE + CACHE,
		.slab = IMAGE + SLAB_AT,
		.has_object = true,
		.object = IMAGE + OBJECT,
		.index = 1,
		.size = 0x40,
		.page = IMAGE + LIST_AT,
		.start = IMAGE + SLAB_AT,
		.objects = 4,
	};
	struct linked linked = { .nr = 0 };
	struct kernel *kernel;
	struct member *known;

	linked_add(&linked, "_stext", LINKED_BASE, 0); /* and no CPUs: without SMP */
	kernel = memory_open(linked_open(&linked), NULL);
	known = kernel_state(kernel, &state_members);
	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		known[id].tried = true;
	for (size_t i = 0; i < nr; i++)
		known[members[i].id] = (struct member){
			true,
			true,
			members[i].offset,
			members[i].size,
		};
	slab_object_at(kernel, &place, object);
	open_close(kernel);
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
		{ CACHE_NUM, 0, 4 },	    { CACHE_NODE, 16, 16 },   { CACHE_NODE_SHARED, 0, 8 },
		{ CACHE_NODE_ALIEN, 8, 8 }, { ARRAY_CACHE_NR, 0, 4 }, { ARRAY_CACHE_ENTRY, 8, 0 },
		{ ALIEN_CACHE_AC, 16, 16 },
	};
	enum { NR = sizeof(members) / sizeof(members[0]) };
	/* which of the arrays has the object, as its last of three */
	static const uint64_t arrays[] = { KEPT, KEPT + 0x80, ALIEN_0 + 16, ALIEN_1 + 16 };
	struct slab_object object;

	(void)state;
	for (size_t which = 0; which <= 4; which++)
		for (int with_aliens = 0; with_aliens < 2; with_aliens++) {
			memory_start_64("4.4.0", FLAT);
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
			if ((object.state == SLAB_STATE_FREE) != (which < (with_aliens ? 4 : 2)))
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
		{ { 1, -1 }, SLAB_STATE_FREE },	      { { 3, 1, -1 }, SLAB_STATE_FREE },
		{ { 1, 2, 0, -1 }, SLAB_STATE_FREE }, { { 2, 0, -1 }, SLAB_STATE_ALLOCATED },
		{ { -1 }, SLAB_STATE_ALLOCATED },
	};
	const uint64_t random = UINT64_C(0x123456789abcdef0);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int coding = PLAIN; coding < NR_CODINGS; coding++) {
			struct slab_object object;

			memory_start_64("6.1.0", FLAT);
			put(CACHE, 0x20, 4);
			put(CACHE + 8, random, 8);
			put(LIST_AT,
			    rows[i].list[0] < 0 ? 0 : IMAGE + SLAB_AT + 0x40 * rows[i].list[0], 8);
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
				fail_msg("row %zu, coding %d: %s", i, coding, object.why.message);
		}
}

/* Sheaves of a CPU, and those that a node has in its barn: 6.18. */
static void objects_in_sheaves(void **state)
{
	static const struct member_place members[] = {
		{ CACHE_OFFSET, 0, 4 },	   { SLAB_FREELIST, 0, 8 },  { CACHE_CPU_SHEAVES, 8, 8 },
		{ CACHE_NODE, 16, 8 },	   { SHEAVES_MAIN, 0, 8 },   { SHEAVES_SPARE, 8, 8 },
		{ CACHE_NODE_BARN, 0, 8 }, { BARN_FULL, 8, 16 },     { SHEAF_LIST, 0, 16 },
		{ SHEAF_SIZE, 16, 4 },	   { SHEAF_OBJECTS, 24, 0 },
	};
	static const uint64_t sheaves[] = { KEPT, KEPT + 0x80, KEPT + 0x100, KEPT + 0x180 };
	struct slab_object object;

	(void)state;
	for (size_t which = 0; which <= 4; which++) {
		memory_start_64("6.18.0", FLAT);
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
	/* before 5.12 a struct page */
	memory_start_64("5.10.0", FLAT "SYMBOL(huge_zero_page)=ffffffff80006000\n");
	put(0x5000, IMAGE + PAGES, 8);
	put(0x6000, IMAGE + page_at(2), 8);
	kernel = memory_open(NULL, NULL);
	assert_false(query_is_zero_page(kernel, 0x1fff));
	assert_true(query_is_zero_page(kernel, 0x2000));
	assert_true(query_is_zero_page(kernel, 0x201fff));
	assert_false(query_is_zero_page(kernel, 0x202000));
	open_close(kernel);
	/* none of them is known */
	memory_start_64("6.1.0", FLAT);
	kernel = memory_open(NULL, NULL);
	assert_false(query_is_zero_page(kernel, 0));
	assert_false(query_is_zero_page(kernel, 0x1000));
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_of_sections),
		cmocka_unit_test(parts_of_sections),
		cmocka_unit_test(sections_without_roots),
		cmocka_unit_test(numbers_of_sections),
		cmocka_unit_test(sections_of_i386),
		cmocka_unit_test(sizes_of_sections),
		cmocka_unit_test(places_in_sections),
		cmocka_unit_test(the_end_of_sections),
		cmocka_unit_test(the_last_of_all_roots),
		cmocka_unit_test(roots_that_are_missing),
		cmocka_unit_test(roots_by_symbol),
		cmocka_unit_test(pages_of_sections),
		cmocka_unit_test(pages_of_a_later_section),
		cmocka_unit_test(pages_of_vmemmap),
		cmocka_unit_test(the_map_by_the_first_section),
		cmocka_unit_test(models_by_symbols),
		cmocka_unit_test(vmemmap_without_sections),
		cmocka_unit_test(sizes_of_pages),
		cmocka_unit_test(search_of_sections_stopped),
		cmocka_unit_test(nodes_of_memory),
		cmocka_unit_test(slots_of_nodes),
		cmocka_unit_test(maps_of_nodes),
		cmocka_unit_test(the_end_of_all_memory),
		cmocka_unit_test(the_end_of_memory),
		cmocka_unit_test(free_blocks),
		cmocka_unit_test(owners_and_flags),
		cmocka_unit_test(members_that_are_missing),
		cmocka_unit_test(free_blocks_by_other_members),
		cmocka_unit_test(owners_of_i386),
		cmocka_unit_test(compound_pages),
		cmocka_unit_test(copies_of_heads),
		cmocka_unit_test(pages_of_hugetlb),
		cmocka_unit_test(pointers_to_pages),
		cmocka_unit_test(counts_of_pages),
		cmocka_unit_test(objects_in_arrays),
		cmocka_unit_test(objects_in_a_list),
		cmocka_unit_test(objects_in_sheaves),
		cmocka_unit_test(zero_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
