/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a frame to its struct page, and back: maps of sections, and the single virtual map. */
#include "linux/page/page.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "made_frames.h"
#include "memory.h"

#include "unit.h"

/* --- sections --- */

/* SPARSEMEM: each section has a separate map, which is in the image here. */
static void pages_of_sections(void **state)
{
	static const struct {
		uint64_t pfn, page; /* page 0: none */
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
			continue; /* both maps overlap at this address */
		assert_true(page_pfn(kernel, page, &pfn, NULL));
		assert_true(pfn == rows[i].pfn);
		assert_false(page_pfn(kernel, page + 8, &pfn, NULL));
	}
	assert_false(page_pfn(kernel, IMAGE + PAGES - 64, &pfn, NULL));
	for (size_t i = 5; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(page_of_pfn(kernel, rows[i].pfn, &page, NULL));
	open_close(kernel);
}

/* Memory begins after the first sections. The maps are found by the numbers of sections. */
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

/* --- a single virtual map --- */

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

/* All sections refer to the single map. Frames of sections that do not exist have no struct
 * page. */
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

/* The map of the first section gives the address of the single map, which KASLR moves, if the page
 * table maps this address, and if all sections have a map. */
static void the_map_by_the_first_section(void **state)
{
	static const struct {
		uint64_t map; /* map of section 2, which is the first one */
		bool there, sparse;
	} rows[] = {
		{ VMEMMAP, true, false },
		{ VMEMMAP - 0x40000, true, false },
		{ VMEMMAP + 0x200000, false, false },
		/* in the direct map, which does not map this address: not a separate map */
		{ 0xffff888000000000, false, false },
		{ 0xffffffff80009000 - 2 * FRAMES * 64, false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value;

		start_vmemmap("");
		put(0xb000 + 8, P | RW | PS, 8); /* for section 2 */
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

/* Without a note, symbols show the memory model: 2.6.24 has vmemmap_populate, and later kernels
 * also have a variable. */
static void models_by_symbols(void **state)
{
	static const struct {
		const char *symbols[3];
		int model; /* -1: unknown */
	} rows[] = {
		{ { "mem_section", "vmemmap_base", "vmemmap_populate" }, MODEL_VMEMMAP },
		{ { "mem_section", "vmemmap_base" }, -1 }, /* every model may have it */
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

/* If the layout of sections is unknown, max_pfn determines which frames exist. */
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
	linked_add(&linked, "vmemmap_populate", IMAGE + 0x100, 0);
	linked_add(&linked, "max_pfn", IMAGE + 0x5000, 8);
	put(0x5008, VMEMMAP, 8);
	kernel = memory_open(linked_open(&linked), "page_offset=ffff888000000000");
	assert_true(page_of_pfn(kernel, 99, &page, NULL));
	assert_true(page == VMEMMAP + 99 * 64);
	assert_false(page_of_pfn(kernel, 100, &page, NULL));
	open_close(kernel);
}

/* In real kernels, a struct page has 32 to 64 bytes. A size of 0 must not be used as a divisor. */
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

/* Counts how often it is asked whether to stop. The answer is yes at the last of `left`
 * questions. */
struct asked {
	unsigned int nr, left;
};

static bool stop_at(void *arg)
{
	struct asked *asked = arg;

	return ++asked->nr > asked->left;
}

/* 512 roots that are the same, which is as many sections as a search reads. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_sections), cmocka_unit_test(pages_of_a_later_section),
		cmocka_unit_test(pages_of_vmemmap),  cmocka_unit_test(the_map_by_the_first_section),
		cmocka_unit_test(models_by_symbols), cmocka_unit_test(vmemmap_without_sections),
		cmocka_unit_test(sizes_of_pages),    cmocka_unit_test(search_of_sections_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
