/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proof that a page is the kernel's top-level table, if nothing else is known about the dump:
 * the page maps itself and linux_banner as in the image, maps the direct map, and has no
 * process. */
#include "kernel/arch.h"
#include "kernel/table_search.h"
#include "memory.h"
#include "open/archs.h"

#include "unit.h"

enum { ROOT = 0x1000, BANNER = 0x6123 };

struct found {
	size_t nr;
	unsigned int proofs;
	struct found_table table;
};

static struct found try_with(const struct arch *arch, const struct found_table *wanted,
			     uint64_t banner)
{
	struct table_search search = {
		.last_paddr = MEMORY_SIZE - 1, .wanted = wanted, .banners = &banner, .nr_banners = 1
	};
	struct found found;

	show_memory_load();
	search.dump = image_open(&image, NULL);
	assert_non_null(search.dump);
	arch->try_table(&search, ROOT);
	dump_close(search.dump);
	found = (struct found){ search.nr_found, search.proofs, search.found[0] };
	return found;
}

static struct found try_table(const struct arch *arch)
{
	static const struct found_table any;

	return try_with(arch, &any, BANNER);
}

/* --- x86-64 --- */

/* 2M of image and 1G of direct map, both from physical address 0. With five levels, the table at
 * ROOT points to a table at 8000, which is the top-level table of four levels. */
static void put_x86_64(unsigned int levels, uint64_t c)
{
	uint64_t top = levels == 5 ? 0x8000 : ROOT;

	memory_init(false);
	if (levels == 5) {
		put(ROOT + 8 * 511, 0x8000 | P | RW | c, 8);
		put(ROOT + 8 * 273, 0x9000 | P | RW | c, 8);
		put(0x9000, 0x4000 | P | RW | c, 8);
	} else {
		put(top + 8 * 273, 0x4000 | P | RW | c, 8);
	}
	put(top + 8 * 511, 0x2000 | P | RW | c, 8);
	put(0x2000 + 8 * 510, 0x3000 | P | RW | c, 8);
	put(0x3000, P | RW | PS | c, 8);
	put(0x4000, P | RW | PS | c, 8);
}

static void tables_of_x86_64(void **state)
{
	static const struct found_table four = { .choice.levels = 4 },
					five = { .choice.levels = 5 },
					other = { .known = true, .choice.mode = MODE_PAE };
	static const uint64_t bits[] = { 0, UINT64_C(1) << 47, UINT64_C(1) << 51,
					 UINT64_C(1) << 36 };

	(void)state;
	for (unsigned int levels = 4; levels <= 5; levels++) {
		for (size_t i = 0; i < 4; i++) {
			struct found found;

			put_x86_64(levels, bits[i]);
			found = try_table(&arch_x86_64);
			assert_int_equal(found.nr, 1);
			assert_int_equal(found.table.choice.mode, MODE_X86_64);
			assert_int_equal(found.table.choice.levels, levels);
			assert_true(found.table.root == ROOT);
			assert_true(found.table.vaddr == IMAGE + ROOT);
			assert_true(found.table.encrypt_mask == bits[i]);
			assert_true(found.table.is_in_data);
			assert_int_equal(found.table.nr_banners, 1);
			assert_true(found.table.banner_vaddr[0] == IMAGE + BANNER);
		}
		put_x86_64(levels, 0);
		assert_int_equal(try_with(&arch_x86_64, &other, BANNER).nr, 0);
		put_x86_64(levels, 0);
		assert_int_equal(try_with(&arch_x86_64, &four, BANNER).nr, levels == 4);
		put_x86_64(levels, 0);
		assert_int_equal(try_with(&arch_x86_64, &five, BANNER).nr, levels == 5);
		/* the banner is not in the image */
		put_x86_64(levels, 0);
		assert_int_equal(try_with(&arch_x86_64, &four, 1 << 21).nr, 0);
	}
}

/* The table and the banner are in one image, so their distance is at most 256M. */
static void banners_in_reach(void **state)
{
	static const struct {
		uint64_t banner;
		size_t nr;
	} rows[] = {
		{ ROOT + (256 << 20) - 1, 1 },
		{ ROOT + (256 << 20), 1 },
		{ ROOT + (256 << 20) + 1, 0 },
	};
	static const struct found_table any;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_x86_64(4, 0);
		put(0x3000 + 8 * 128, 256 << 20 | P | RW | PS, 8);
		assert_int_equal(try_with(&arch_x86_64, &any, rows[i].banner).nr, rows[i].nr);
	}
}

static uint64_t tried[16];
static size_t nr_tried;

static void note_page(struct table_search *search, uint64_t paddr)
{
	(void)search;
	assert_true(nr_tried < 16);
	tried[nr_tried++] = paddr;
}

/* Each page that is in the dump and within this distance of a banner is tried once. */
static void pages_near_banners(void **state)
{
	static const uint64_t memory[] = { 0xffff000,  0x10000000, 0x20000000, 0x30000000,
					   0x30001000, 0x50000000, 0x50001000 };
	static const struct {
		uint64_t banners[2];
		size_t nr_banners, nr;
		uint64_t pages[6];
	} rows[] = {
		{ { 0x20000123 }, 1, 3, { 0x10000000, 0x20000000, 0x30000000 } },
		{ { 0x1fffffff }, 1, 3, { 0xffff000, 0x10000000, 0x20000000 } },
		{ { 0x20001000 }, 1, 3, { 0x20000000, 0x30000000, 0x30001000 } },
		{ { 0x1000 }, 1, 2, { 0xffff000, 0x10000000 } },
		{ { 0x50001000 }, 1, 2, { 0x50000000, 0x50001000 } },
		{ { 0x10000000, 0x40000000 },
		  2,
		  6,
		  { 0xffff000, 0x10000000, 0x20000000, 0x30000000, 0x30001000, 0x50000000 } },
	};
	static const struct found_table any;
	const struct arch noting = { .try_table = note_page };
	const struct arch *const only[] = { &noting, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct table_search search = { .last_paddr = 0x50001fff,
					       .wanted = &any,
					       .banners = rows[i].banners,
					       .nr_banners = rows[i].nr_banners };

		memory_init(false);
		for (size_t nr = 0; nr < sizeof(memory) / sizeof(memory[0]); nr++)
			image_load(&image, MEMORY, memory[nr], 0x1000);
		search.dump = image_open(&image, NULL);
		assert_non_null(search.dump);
		nr_tried = 0;
		table_search(&search, only);
		if (nr_tried != rows[i].nr ||
		    memcmp(tried, rows[i].pages, nr_tried * sizeof(*tried)))
			fail_msg("row %zu: %zu pages", i, nr_tried);
		dump_close(search.dump);
	}
}

/* Changes after which a table is not the kernel's. */
static void no_tables_of_x86_64(void **state)
{
	static const struct {
		uint64_t at, entry;
		size_t nr;
		unsigned int proofs;
	} rows[] = {
		{ ROOT + 8 * 272, 0, 1, 1 },
		/* a process, or random data in the user half */
		{ ROOT, 0x5000 | P | RW | US, 0, 0 },
		{ ROOT + 8 * 255, 0x5000 | P | RW | US, 0, 0 },
		{ ROOT + 8 * 255, 0x10, 0, 0 },
		{ ROOT + 8 * 256, 0x10, 1, 1 },
		/* without a direct map */
		{ ROOT + 8 * 273, 0, 0, 1 },
		{ 0x4000, 0x40000000 | P | RW | PS, 0, 1 },
		/* the last entry */
		{ ROOT + 8 * 511, 0x2000 | P, 0, 0 },
		{ ROOT + 8 * 511, 0x2000 | RW, 0, 0 },
		{ ROOT + 8 * 511, 0x2000 | P | RW | PS, 0, 0 },
		{ ROOT + 8 * 511, 0x2000 | P | RW | UINT64_C(1) << 52, 0, 0 },
		{ ROOT + 8 * 511, P | RW, 0, 0 },
		{ ROOT + 8 * 511, UINT64_C(3) << 46 | 0x2000 | P | RW, 0, 0 },
		/* the image is read-only, at another address, or missing */
		{ 0x3000, P | PS, 0, 0 },
		{ 0x3000, 0x200000 | P | RW | PS, 0, 0 },
		{ 0x3000, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct found found;

		put_x86_64(4, 0);
		put(rows[i].at, rows[i].entry, 8);
		found = try_table(&arch_x86_64);
		if (found.nr != rows[i].nr || found.proofs != rows[i].proofs)
			fail_msg("row %zu: %zu, %u", i, found.nr, found.proofs);
	}
}

/* --- i386 --- */

static const uint32_t splits[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x78000000, 0x40000000 };

/* 4M of direct map from split on, and the fixmap at the end. With PAE, four tables of 4K from 2000
 * on. The tables of the user part are empty. */
static void put_i386(bool pae, uint32_t split)
{
	memory_init(false);
	if (pae) {
		for (uint64_t i = 0; i < 4; i++)
			put(ROOT + 8 * i, (0x2000 + 0x1000 * i) | P, 8);
		put(0x2000 + 8 * (split >> 21), P | RW | PS, 8);
		put(0x5000 + 8 * 511, 0x7000 | P | RW, 8);
	} else {
		put(ROOT + 4 * (split >> 22), P | RW | PS, 4);
		put(ROOT + 4 * 1023, 0x7000 | P | RW, 4);
	}
}

static void tables_of_i386(void **state)
{
	(void)state;
	for (int pae = 0; pae < 2; pae++)
		for (size_t i = 0; i < 5; i++) {
			struct found found;

			put_i386(pae, splits[i]);
			found = try_table(&arch_i386);
			/* the user part ends within the gigabyte of this entry */
			if (pae && splits[i] & 0x3fffffff) {
				assert_true(found.nr <= 1);
				continue;
			}
			assert_int_equal(found.nr, 1);
			assert_int_equal(found.table.choice.mode, pae ? MODE_PAE : MODE_I386);
			assert_int_equal(found.table.choice.levels, pae ? 3 : 2);
			assert_true(found.table.root == ROOT);
			assert_true(found.table.vaddr == splits[i] + ROOT);
			assert_true(found.table.banner_vaddr[0] == splits[i] + BANNER);
		}
}

static void no_tables_of_i386(void **state)
{
	static const struct {
		bool pae;
		uint64_t at, entry;
		size_t nr;
	} rows[] = {
		{ false, ROOT + 4 * 1022, 0x5000 | P | RW, 1 },
		{ false, ROOT, 0x5000 | P | RW | US, 0 },
		{ false, ROOT + 4 * 767, 0x5000 | P | RW | US, 0 },
		{ false, ROOT + 4 * 767, 0x10, 0 },
		{ false, ROOT + 4 * 769, 0x10, 1 },
		{ false, ROOT + 4 * 1023, 0x7000 | P, 0 },
		{ false, ROOT + 4 * 1023, 0x7000 | RW, 0 },
		{ false, ROOT + 4 * 1023, 0x7000 | P | RW | PS, 0 },
		{ false, ROOT + 4 * 1023, P | RW, 0 },
		{ false, ROOT + 4 * 1023, 0x10000 | P | RW, 0 },
		{ false, ROOT + 4 * 1023, 0xf000 | P | RW, 1 },
		{ false, ROOT + 4 * 768, P | RW, 0 },
		{ false, ROOT + 4 * 768, 0x400000 | P | RW | PS, 0 },
		/* PAE: entries of the user part, or of its tables */
		{ true, ROOT, 0, 1 },
		{ true, ROOT + 16, 0, 1 },
		{ true, 0x2000, 0x7000 | P | RW | US, 0 },
		{ true, 0x4000 + 8 * 511, 0x7000 | P | RW | US, 0 },
		{ true, 0x4000 + 8 * 511, 0x10, 0 },
		{ true, ROOT + 8, 0x100000 | P, 0 },
		/* the last entry: without rights, or with reserved bits */
		{ true, ROOT + 24, 0x5000, 0 },
		{ true, ROOT + 24, 0x5000 | P | 2, 0 },
		{ true, ROOT + 24, P, 0 },
		{ true, ROOT + 24, 0x10000 | P, 0 },
		{ true, 0x5000 + 0, 0x200000 | P | RW | PS, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct found found;

		put_i386(rows[i].pae, splits[0]);
		put(rows[i].at, rows[i].entry, rows[i].pae ? 8 : 4);
		found = try_table(&arch_i386);
		if (found.nr != rows[i].nr)
			fail_msg("row %zu: %zu", i, found.nr);
	}
}

/* --- the search --- */

static void tables_count_once(void **state)
{
	struct table_search search = { .nr_found = 0 };

	(void)state;
	for (uint64_t root = 0; root < 2 * MOST_TABLES + 1; root++) {
		const struct found_table table = { .root = root / 2 };

		table_search_add(&search, &table);
		assert_int_equal(search.nr_found,
				 root / 2 < MOST_TABLES ? root / 2 + 1 : MOST_TABLES);
	}
}

/* All pages of the dump that are near the banner are tried. */
static void a_search_of_memory(void **state)
{
	static const struct arch *const both[] = { &arch_i386, &arch_x86_64, NULL };
	static const struct found_table any;
	const uint64_t banner = BANNER;
	struct table_search search = {
		.last_paddr = (16 << 20) - 1, .wanted = &any, .banners = &banner, .nr_banners = 1
	};

	(void)state;
	put_x86_64(4, 0);
	show_memory_load();
	/* the same table once more after a hole, where it does not map itself */
	image_load(&image, MEMORY, 8 << 20, MEMORY_SIZE);
	search.dump = image_open(&image, NULL);
	assert_non_null(search.dump);
	table_search(&search, both);
	assert_int_equal(search.nr_found, 1);
	assert_true(search.found[0].root == ROOT);
	dump_close(search.dump);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_count_once),  cmocka_unit_test(a_search_of_memory),
		cmocka_unit_test(tables_of_x86_64),   cmocka_unit_test(banners_in_reach),
		cmocka_unit_test(pages_near_banners), cmocka_unit_test(no_tables_of_x86_64),
		cmocka_unit_test(tables_of_i386),     cmocka_unit_test(no_tables_of_i386),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
