/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first address of regions of x86-64: bases that were moved, direct maps, and the end of the
 * image. */
#include "linux/region.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "made_eras.h"
#include "memory.h"

#include "unit.h"

/* The start of vmalloc is unknown, and memory is at 64T, for which the layout of 6.1 has no
 * room. */
static void memory_beyond_the_direct_map(void **state)
{
	const uint64_t TB = UINT64_C(1) << 40, base = 0xffff9c2380000000;
	static const uint64_t tera[] = { 63, 64 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct region *region;
		struct kernel *kernel;
		uint64_t last = i == 0 ? 63 * TB + 0xfff : 64 * TB - 1;

		start_x86_64("6.1.0", 4, "");
		image_load(&image, MEMORY, tera[i] * TB, 0x1000);
		kernel = memory_open(NULL, "page_offset=ffff9c2380000000");
		region = region_of(kernel, base, NULL);
		assert_non_null(region);
		assert_int_equal(region->kind, REGION_DIRECT_MAP);
		assert_true(region->first == base);
		assert_true(region->last == base + last);
		open_close(kernel);
	}
}

/* If neither the release nor the base determines the layout, the linked value of page_offset_base
 * does: d52888aa2753. */
static void layouts_by_linked_value(void **state)
{
	static const struct {
		const char *release;
		uint64_t linked;
		const char *name; /* name of the region at ffff880000000000 */
	} rows[] = {
		{ "4.15.0-213-generic", 0xffff888000000000, "ldt-remap" },
		{ "4.15.0-213-generic", 0xffff880000000000, "hole" },
		{ "4.15.0-213-generic", 0xffff900000000000, "unknown" },
		{ "4.12.14-197.105-default", 0xffff900000000000, "unknown" },
		{ "4.14.35-1902.el7uek", 0xffff900000000000, "unknown" },
		{ "4.12.14", 0xffff900000000000, "hole" },
		{ "4.19.2", 0xffff888000000000, "ldt-remap" },
		{ "4.20.0", 0xffff880000000000, "hole" },
		{ "", 0xffff888000000000, "ldt-remap" },
		{ "", 0xffff880000000000, "hole" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .data = { 0, rows[i].linked } };
		const struct region *region;
		struct kernel *kernel;

		linked_add(&linked, "page_offset_base", LINKED_BASE + LINKED_DATA_AT + 8, 8);
		linked_add(&linked, "setup_cpu_entry_areas", LINKED_BASE, 8);
		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(linked_open(&linked), "page_offset=ffff9c2380000000");
		region = region_of(kernel, 0xffff880000000000, NULL);
		assert_non_null(region);
		if (strcmp(region_names[region->kind], rows[i].name))
			fail_msg("row %zu: %s", i, region_names[region->kind]);
		open_close(kernel);
	}
}

/* A base from its variable must be in the kernel's half, above the direct map, and must be moved by a
 * multiple of 1 GiB. Since 5.9 the top-level table has an entry for it. */
static void bases_that_kaslr_moved(void **state)
{
	static const struct {
		uint64_t value;
		bool taken, has_entry;
		const char *release;
	} rows[] = {
		{ 0xffffa00040000000, true, true, "6.1.0" },
		{ 0xffffa00000000000, true, true, "5.9.0" },
		{ 0xffffa00000000000, false, false, "5.9.0" },
		{ 0xffffa00000000000, true, false, "5.8.0" },
		{ 0xffffa00020000000, false, true, "6.1.0" },
		{ 0xffffa00000001000, false, true, "6.1.0" },
		{ 0xffff800000000000, false, true, "6.1.0" },
		{ 0xfeffa00000000000, false, true, "6.1.0" },
		{ 0x7fffc0000000, false, true, "6.1.0" },
		{ 0, false, true, "6.1.0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .nr = 0 };
		struct kernel *kernel;
		uint64_t value = 0;

		start_x86_64(rows[i].release, 4, OFFSET_0);
		if (rows[i].has_entry)
			put(0x1000 + 8 * (rows[i].value >> 39 & 511), 0x6000 | P | RW, 8);
		put(0x5000, rows[i].value, 8);
		linked_add(&linked, "vmalloc_base", IMAGE + 0x5000, 8);
		kernel = memory_open(linked_open(&linked), "page_offset=ffff888000000000");
		assert_true(kernel_fact(kernel, FACT_VMALLOC_START, &value));
		if (value != (rows[i].taken ? rows[i].value : UINT64_C(0xffffc90000000000)))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
	}
}

/* The direct map that the page table shows must be moved by a multiple of 1 GiB, and is never in
 * the image. */
static void direct_maps_of_tables(void **state)
{
	static const struct {
		unsigned int pgd, pud; /* indexes of a page of 1G; 0: none */
		uint64_t paddr, base; /* base 0: no direct map is found */
	} rows[] = {
		{ 273, 0, 0, 0xffff888000000000 },
		{ 273, 1, 0, 0xffff888040000000 },
		{ 274, 511, 0, 0xffff897fc0000000 },
		{ 258, 0, 0, 0xffff810000000000 },
		{ 257, 0, 0, 0xffff808000000000 },
		{ 256, 0, 0, 0 }, /* the mapping with which 2.6.18 starts */
		{ 273, 1, 0x40000000, 0 }, /* another page, which does not contain the table */
		{ 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value = 0;

		start_x86_64("6.1.0", 4, "");
		if (rows[i].pgd) {
			put(0x1000 + 8 * rows[i].pgd, 0x5000 | P | RW, 8);
			put(0x5000 + 8 * rows[i].pud, rows[i].paddr | P | RW | PS, 8);
		}
		kernel = memory_open(NULL, NULL);
		if (kernel_fact(kernel, FACT_PAGE_OFFSET, &value) != (rows[i].base != 0) ||
		    (rows[i].base && value != rows[i].base))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
	}
}

/* A direct map from a program header, which the page table must prove. No other source accepts a
 * base that is not a multiple of 1 GiB. The base is never a user address, and never in the
 * image. */
static void direct_maps_of_segments(void **state)
{
	static const struct {
		unsigned int pgd; /* entry whose second 2M map the first 2M of memory */
		uint64_t vaddr;
		bool taken;
	} rows[] = {
		{ 273, 0xffff888000200000, true },  { 256, 0xffff800000200000, true },
		{ 273, 0xffff888000400000, false }, { 274, 0xffff888000200000, false },
		{ 100, 0x320000200000, false },	    { 100, 0xffffffff80000000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		uint64_t value = 0;

		start_x86_64("6.1.0", 4, "");
		image.headers[image.nr - 1].vaddr = rows[i].vaddr;
		put(0x1000 + 8 * rows[i].pgd, 0x5000 | P | RW, 8);
		put(0x5000, 0x6000 | P | RW, 8);
		put(0x6008, P | RW | PS, 8);
		kernel = memory_open(NULL, NULL);
		if (kernel_fact(kernel, FACT_PAGE_OFFSET, &value) != rows[i].taken ||
		    (rows[i].taken && value != rows[i].vaddr))
			fail_msg("row %zu: %llx", i, (unsigned long long)value);
		open_close(kernel);
	}
}

/* Without a note and symbols, the modules show where the range of the image ends. RHEL 7.4 (3.10)
 * has CONFIG_RANDOMIZE_BASE. */
static void images_by_their_modules(void **state)
{
	enum { NO_MODULES, FROM_512M, FROM_1G };
	static const struct {
		const char *release, *note;
		int modules;
		uint64_t last; /* last address of the image */
	} rows[] = {
		{ "3.10.0-693.el7.x86_64", OFFSET_0, FROM_1G, 0xffffffffbfffffff },
		{ "3.10.0-693.el7.x86_64", OFFSET_0, FROM_512M, 0xffffffff9fffffff },
		{ "3.10.0-693.el7.x86_64", OFFSET_0, NO_MODULES, 0xffffffff9fffffff },
		{ "3.13.11", OFFSET_0, FROM_1G, 0xffffffffbfffffff },
		{ "3.14.0", OFFSET_0, FROM_512M, 0xffffffff9fffffff },
		{ "3.14.0", OFFSET_0, NO_MODULES, 0xffffffffbfffffff },
		/* if the image was moved, this may be the image */
		{ "6.1.0", "", FROM_512M, 0xffffffffbfffffff },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct region *region;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, rows[i].note);
		if (rows[i].modules == FROM_512M)
			put(0x4000 + 8 * 256, P | RW | PS, 8);
		if (rows[i].modules == FROM_1G) {
			put(0x3ff8, 0x5000 | P | RW, 8);
			put(0x5000, P | RW | PS, 8);
		}
		kernel = memory_open(NULL, "page_offset=" OLD);
		region = region_of(kernel, 0xffffffff90000000, NULL);
		assert_non_null(region);
		if (region->kind != REGION_KERNEL_IMAGE || region->last != rows[i].last)
			fail_msg("row %zu, %s: to %llx", i, rows[i].release,
				 (unsigned long long)region->last);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_beyond_the_direct_map),
		cmocka_unit_test(layouts_by_linked_value),
		cmocka_unit_test(bases_that_kaslr_moved),
		cmocka_unit_test(direct_maps_of_tables),
		cmocka_unit_test(direct_maps_of_segments),
		cmocka_unit_test(images_by_their_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
