/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sections of memory: their roots, their parts, and how they are found. */
#include "linux/page/page.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "made_frames.h"
#include "memory.h"

#include "unit.h"

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

/* Roots of 256 sections: the last section of the first root and the first of the second. */
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
	/* 300 and 44 share an entry of the cache */
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

/* Parts of 2M: f46edbd1b151 (5.3). A section that existed at boot has all parts. */
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

/* Without EXTREME, sections are in an array, whose length or size is in the note. */
static void sections_without_roots(void **state)
{
	(void)state;
	for (int way = 0; way < 3; way++) {
		static const char *const notes[] = {
			/* 2^(46-27), and another number */
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

/* Numbers in the note that would give no sections, or more sections than any kernel has. */
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

/* On i386, the symbol has no size, and sections are in an array. */
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

/* Sizes that struct mem_section never has. */
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

/* Other offsets of the members. The first section does not exist, and the bits of the last part are
 * the last bytes of memory. */
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

/* No section comes after the last section. */
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

/* Maps a page of zeros many times, from `first` to `last`. `at` is the place of the entry. */
static void map_pages(unsigned int first, unsigned int last, uint64_t at)
{
	enum { TABLE = 0xa000 };

	put(0x3008, TABLE | P | RW, 8);
	for (unsigned int i = first; i <= last; i++)
		put(TABLE + 8 * i, at | P | RW, 8);
}

/* Five levels: only the last of 2^17 roots has sections. */
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

/* A root that is 0, or that cannot be read, takes one step, and not one for each of its sections,
 * which are 1536 of 2048. */
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

/* mem_section is an array of roots, or a pointer to this array. The symbol's size decides, or the
 * distance of the next symbol: a0b1280368d1 (4.15). */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roots_of_sections),	  cmocka_unit_test(parts_of_sections),
		cmocka_unit_test(sections_without_roots), cmocka_unit_test(numbers_of_sections),
		cmocka_unit_test(sections_of_i386),	  cmocka_unit_test(sizes_of_sections),
		cmocka_unit_test(places_in_sections),	  cmocka_unit_test(the_end_of_sections),
		cmocka_unit_test(the_last_of_all_roots),  cmocka_unit_test(roots_that_are_missing),
		cmocka_unit_test(roots_by_symbol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
