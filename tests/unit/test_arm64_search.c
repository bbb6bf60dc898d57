/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search for the kernel's page table on arm64, without any facts. The tables have each granule
 * and each size of addresses; some kernels are built for 52 bits and run with fewer. Tables that
 * are not the kernel's must not be found. Entries follow the Arm ARM (DDI 0487), D8.3, and
 * addresses follow Documentation/arch/arm64/memory.rst.
 */
#include "arch/arm64/arm64.h"
#include "image.h"
#include "kernel/table_search.h"
#include "open/archs.h"

#include "unit.h"

enum {
	MEMORY = 0x1000, /* in the file: the root, and then one page of each other table */
	ROOT_SIZE = 0x10000,
	PAGE = 0x1000,
	MOST = 9,
	CODE = 0x481, /* block, accessed, read-only */
	DATA = 0x401,
};
#define NO_EXECUTE (ARM64_PXN | ARM64_UXN)

static struct image image;
static unsigned int nr_tables;
static uint64_t base, last; /* base: of the block that maps memory; last: last page of memory */
/* Addresses of tables: one page each, all in the second half of a block. */
static uint64_t root, step;

static uint64_t pages[MOST]; /* tables other than the root, if they have entries */
static unsigned int nr_pages;

static size_t place_of(uint64_t paddr)
{
	unsigned int i = 0;

	if (paddr - root < step)
		return MEMORY + (paddr - root);
	while (i < nr_pages && pages[i] != paddr / PAGE)
		i++;
	if (i == nr_pages)
		pages[nr_pages++] = paddr / PAGE;
	return MEMORY + ROOT_SIZE + i * PAGE + paddr % PAGE;
}

static void put(uint64_t paddr, uint64_t entry)
{
	entry = htole64(entry);
	memcpy(image.bytes + place_of(paddr), &entry, sizeof(entry));
}

/* Writes tables that map vaddr to base with a block above the last level. */
static void map(const struct paging *paging, uint64_t vaddr, uint64_t block)
{
	uint64_t table = root;

	for (unsigned int i = 0; i + 1 < paging->nr_levels; i++) {
		const struct paging_level *level = &paging->level[i];
		uint64_t at = table + 8 * (vaddr >> level->shift & level->index_mask);

		if (i + 2u == paging->nr_levels) {
			put(at, base | block);
			return;
		}
		table = root + ++nr_tables * step;
		put(at, table | 3);
	}
}

static void start(const struct paging *paging)
{
	uint64_t block = UINT64_C(1) << paging->level[paging->nr_levels - 2].shift;

	step = paging_page_size(paging);
	base = UINT64_C(0x40000000) + block;
	root = base + block / 2 + step;
	last = base + 4 * block;
	nr_tables = nr_pages = 0;
	image_init(&image, false);
	memset(image.bytes + MEMORY, 0, ROOT_SIZE + MOST * PAGE);
}

static uint64_t banner_after = 0x80123; /* from the root to the banner */
static uint64_t missing; /* bytes at the end of the root that are not in the dump */

static struct table_search search_all(void)
{
	const uint64_t banner = root + banner_after;
	static const struct found_table any;
	struct table_search search = {
		.last_paddr = last, .wanted = &any, .banners = &banner, .nr_banners = 1
	};

	image_load(&image, MEMORY, root, (step < ROOT_SIZE ? step : ROOT_SIZE) - missing);
	for (unsigned int i = 0; i < nr_pages; i++)
		image_load(&image, MEMORY + ROOT_SIZE + i * PAGE, pages[i] * PAGE, PAGE);
	search.dump = image_open(&image, NULL);
	assert_non_null(search.dump);
	arch_arm64.try_table(&search, root);
	dump_close(search.dump);
	return search;
}

/* Returns KIMAGE_VADDR, plus some distance, which is after the modules. */
static uint64_t image_of(uint64_t bits, uint64_t page_size)
{
	if (bits > 48)
		bits = page_size == ARM64_16K ? 47 : 48;
	return -(UINT64_C(1) << (bits - 1)) + 0x40000000;
}

static void each_paging(void **state)
{
	uint64_t smallest = UINT64_MAX;
	struct paging_choice choice;
	unsigned int nr = 0;

	(void)state;
	for (; arm64_paging_at(nr, &choice); nr++) {
		const struct paging *paging = arm64_paging(&choice);
		uint64_t at = image_of(choice.va_bits, choice.page_size);
		struct table_search search;

		start(paging);
		map(paging, at, CODE | ARM64_UXN);
		map(paging, -(UINT64_C(1) << choice.va_bits), DATA | NO_EXECUTE);
		search = search_all();
		if (search.nr_found != 1)
			fail_msg("%s: %zu", paging->name, search.nr_found);
		assert_int_equal(search.found[0].root, root);
		assert_int_equal(search.found[0].nr_banners, 1);
		assert_true(search.found[0].banner_vaddr[0] == at + (root - base) + 0x80123);
		assert_int_equal(search.found[0].vaddr, at + (root - base));
		assert_int_equal(search.found[0].choice.page_size, choice.page_size);
		assert_int_equal(search.found[0].choice.va_bits, choice.va_bits);
		assert_int_equal(search.found[0].choice.pa_bits, choice.pa_bits);
		/* A kernel for 52 bits has the same table where the CPU has 48 (0dd4f60a2c76). */
		if (choice.page_size != ARM64_64K && (choice.va_bits == 48 || choice.va_bits == 47))
			assert_int_equal(search.found[0].choice.config_va_bits, 0);
		else
			assert_int_equal(search.found[0].choice.config_va_bits, choice.va_bits);
		if (choice.page_size < smallest)
			smallest = choice.page_size;
	}
	assert_int_equal(nr, 10);
	assert_int_equal(smallest, 1 << arch_arm64.page_shift);
	assert_ptr_equal(arch_of_mode(MODE_ARM64), &arch_arm64);
}

/* Searches the tables of a kernel with 64K pages and 52 bits, which map its image and `vaddr`. */
static struct table_search search_52_bits_of_64k(uint64_t vaddr)
{
	const struct paging_choice choice = {
		.page_size = ARM64_64K, .va_bits = 52, .config_va_bits = 52, .pa_bits = 52
	};
	const struct paging *paging = arm64_paging(&choice);
	struct table_search search;

	start(paging);
	map(paging, image_of(48, ARM64_64K), CODE | ARM64_UXN);
	map(paging, vaddr, DATA | NO_EXECUTE);
	search = search_all();
	assert_int_equal(search.nr_found, 1);
	return search;
}

/* Entries for addresses with fewer than 48 bits are not used. */
static void fewer_bits_of_64k(void **state)
{
	struct table_search search;

	(void)state;
	search = search_52_bits_of_64k(UINT64_C(0xffff000000000000));
	assert_int_equal(search.found[0].choice.va_bits, 48);
	assert_int_equal(search.found[0].choice.config_va_bits, 52);
}

/* D8.3.1: in a block, the bits of the address below the size of the block are RES0. All levels that
 * have blocks are tested; with LPA2 these are also the levels of 512G (4K) and 64G (16K). */
static void blocks_begin_at_their_size(void **state)
{
	struct paging_choice choice;
	unsigned int nr = 0;

	(void)state;
	for (unsigned int i = 0; arm64_paging_at(i, &choice); i++) {
		const struct paging *paging = arm64_paging(&choice);

		for (unsigned int level = 0; level + 1 < paging->nr_levels; level++) {
			unsigned int shift = paging->level[level].shift;
			/* bit 16 of a block is nT */
			unsigned int page_shift = paging_page_shift(paging);
			uint64_t lowest = UINT64_C(1) << (page_shift == 16 ? 17 : page_shift);

			if (paging->family->class(paging, level, DATA) != CLASS_PAGE)
				continue;
			nr++;
			/* bits 11:2 are attributes: nG, AF, SH, AP, NS, AttrIndx */
			assert_int_equal(paging->family->class(paging, level, 0xffd), CLASS_PAGE);
			assert_int_equal(paging->family->class(paging, level, DATA | lowest),
					 CLASS_CORRUPT);
			assert_int_equal(paging->family->class(paging, level,
							       DATA | UINT64_C(1) << (shift - 1)),
					 CLASS_CORRUPT);
			assert_int_equal(paging->family->class(paging, level,
							       DATA | UINT64_C(1) << shift),
					 CLASS_PAGE);
		}
	}
	/* 4K: 2, 2 and 3; 16K: 1, 1, 1 and 2; 64K: 1, 2 and 2 */
	assert_int_equal(nr, 17);
}

/* D8.3.1: the address of a page or table begins at the bit of the granule. With 52 bits of physical
 * addresses, bits 15:12 (64K) and 9:8 of the entry are the highest bits of the address. */
static void pages_begin_at_their_size(void **state)
{
	static const uint64_t pa_bits[] = { 48, 52 };
	struct paging_choice choice;
	unsigned int nr = 0;

	(void)state;
	for (unsigned int i = 0; arm64_paging_at(i / 2, &choice); i++) {
		const struct paging *paging;
		uint64_t size, page, table;

		choice.pa_bits = pa_bits[i % 2];
		paging = arm64_paging(&choice);
		if (!paging)
			continue;
		size = paging_page_size(paging);
		nr += choice.pa_bits == 48;
		page = entry_page(paging->family, paging, paging->nr_levels - 1u,
				  0x403 | size | size / 2);
		table = entry_table(paging->family, paging, 3 | size | size / 2);
		assert_int_equal(page & UINT64_C(0xffffffffffff), size);
		assert_int_equal(table & UINT64_C(0xffffffffffff), size);
	}
	assert_int_equal(nr, 7);
}

/* TTBR1_EL1 of a CPU with 48 bits points to entry 960 (TTBR1_BADDR_4852_OFFSET), so an entry below
 * is of a CPU that has 52 bits. */
static void last_entry_of_52_bits(void **state)
{
	struct table_search search;

	(void)state;
	search = search_52_bits_of_64k(UINT64_C(0xfffefc0000000000)); /* entry 959 */
	assert_int_equal(search.found[0].choice.va_bits, 52);
}

/* 16K and 48 bits: the table has two entries. The kernel's tables have a page each, so the rest of
 * the page is empty. */
static void a_table_of_two_entries(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_16K,
					      .va_bits = 48,
					      .pa_bits = 48 };
	const struct paging *paging = arm64_paging(&choice);

	(void)state;
	start(paging);
	map(paging, image_of(48, ARM64_16K), CODE | ARM64_UXN);
	map(paging, UINT64_C(0xffff000000000000), DATA | NO_EXECUTE);
	assert_int_equal(search_all().nr_found, 1);
	put(root + 8 * 2, (root + step) | 3);
	assert_int_equal(search_all().nr_found, 0);
}

/* init_pg_dir lacks the linear map, and idmap_pg_dir has only the image. A process's table has
 * pages of EL0. */
static void other_tables(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_4K, .va_bits = 48, .pa_bits = 48 };
	const struct paging *paging = arm64_paging(&choice);
	uint64_t at = image_of(48, ARM64_4K), linear = UINT64_C(0xffff000000000000);
	const uint64_t words[] = {
		0, UINT64_C(0xdead000000000100), 0x402, 3, 0x40000007, 0x40000043,
	};

	(void)state;
	start(paging);
	map(paging, at, CODE | ARM64_UXN);
	put(root + 8 * 511, (root + step * MOST) | 3);
	assert_int_equal(search_all().nr_found, 0);
	start(paging);
	map(paging, at, CODE | NO_EXECUTE);
	map(paging, linear, DATA | NO_EXECUTE);
	assert_int_equal(search_all().nr_found, 0);
	start(paging);
	map(paging, at, CODE | ARM64_USER);
	map(paging, linear, DATA | NO_EXECUTE);
	assert_int_equal(search_all().nr_found, 0);
	/* The banner is not in the image. */
	start(paging);
	map(paging, at, CODE | ARM64_UXN);
	map(paging, linear, DATA | NO_EXECUTE);
	banner_after = 0x10000000;
	assert_int_equal(search_all().nr_found, 0);
	banner_after = 0x80123;
	/* Not valid; a table at 0, and one that has bits that only entries of pages have. */
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		start(paging);
		map(paging, at, CODE | ARM64_UXN);
		map(paging, linear, DATA | NO_EXECUTE);
		put(root + 8 * 5, words[i]);
		if (search_all().nr_found != (i ? 0 : 1))
			fail_msg("word %zu", i);
	}
}

/* Blocks of the top-level table: the kernel sets the accessed bit, and has no blocks of EL0. */
static void blocks_of_others(void **state)
{
	static const uint64_t words[] = { 0x40000401, 0x40000001, 0x40000441, 0x40000402,
					  0x40000400 };
	const struct paging_choice choice = { .page_size = ARM64_4K, .va_bits = 39, .pa_bits = 48 };
	const struct paging *paging = arm64_paging(&choice);

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		start(paging);
		map(paging, image_of(39, ARM64_4K), CODE | ARM64_UXN);
		map(paging, -(UINT64_C(1) << 39), DATA | NO_EXECUTE);
		put(root + 8 * 5, words[i] | NO_EXECUTE);
		if (search_all().nr_found != (i ? 0 : 1))
			fail_msg("word %zu", i);
	}
}

/* The image in the linear map has another offset than the image (4.6 to 5.3, 5.4 on), or the table
 * has no page that maps the table in the linear map. */
static void linear_maps_without_the_table(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_4K, .va_bits = 48, .pa_bits = 48 };
	const struct paging *paging = arm64_paging(&choice);
	static const struct {
		uint64_t image, other;
		size_t found;
	} rows[] = {
		{ 0xffff810040000000, 0xffff000000000000, 1 },
		{ 0xffff810040000000, 0xffff7fffffe00000, 1 },
		{ 0xffff810040000000, 0xffff800000000000, 0 },
		{ 0xffff000040000000, 0xffff800000000000, 1 },
		{ 0xffff000040000000, 0xffffffffffe00000, 1 },
		{ 0xffff000040000000, 0xffff7fffffe00000, 0 },
		{ 0xffff800000000000, 0xffff000000000000, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(paging);
		map(paging, rows[i].image, CODE | ARM64_UXN);
		map(paging, rows[i].other, DATA | NO_EXECUTE);
		if (search_all().nr_found != rows[i].found)
			fail_msg("row %zu", i);
		/* The page of the linear map is of other memory. */
		start(paging);
		map(paging, rows[i].image, CODE | ARM64_UXN);
		base += UINT64_C(0x40000000);
		map(paging, rows[i].other, DATA | NO_EXECUTE);
		base -= UINT64_C(0x40000000);
		if (search_all().nr_found)
			fail_msg("other memory, row %zu", i);
	}
}

/* With two levels, the top-level table also has blocks of device memory, which is not in the dump:
 * the flash memory at address 0, and PCI's configuration space above the memory. */
static void device_blocks(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_16K,
					      .va_bits = 36,
					      .pa_bits = 48 };
	const struct paging *paging = arm64_paging(&choice);
	struct table_search search;

	(void)state;
	start(paging);
	map(paging, image_of(36, ARM64_16K), CODE | ARM64_UXN);
	map(paging, -(UINT64_C(1) << 36), DATA | NO_EXECUTE);
	put(root + 8 * 1088, 0x68000000000f0d);
	put(root + 8 * 1089, 0x68004010000f0d);
	search = search_all();
	assert_int_equal(search.nr_found, 1);
	assert_int_equal(search.found[0].choice.va_bits, 36);
	/* but tables are in memory */
	put(root + 8 * 1090, 0x4012000003);
	assert_int_equal(search_all().nr_found, 0);
}

/* The table has 2,048 entries, but the last 256 are not in the dump. */
static void a_table_that_is_cut(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_16K,
					      .va_bits = 36,
					      .pa_bits = 48 };
	const struct paging *paging = arm64_paging(&choice);

	(void)state;
	for (missing = 0; missing <= 0x800; missing += 0x800) {
		start(paging);
		map(paging, image_of(36, ARM64_16K), CODE | ARM64_UXN);
		map(paging, -(UINT64_C(1) << 36), DATA | NO_EXECUTE);
		assert_int_equal(search_all().nr_found, !missing);
	}
	missing = 0;
}

/* Read as a table of 16K, the table of the image has a word that maps all memory, with the bit
 * VALID alone. */
static void a_word_in_a_larger_page(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_4K, .va_bits = 52, .pa_bits = 52 };
	const struct paging *paging = arm64_paging(&choice);
	struct table_search search;

	(void)state;
	start(paging);
	root = base + 0x100000;
	nr_tables = 4;
	put(root + nr_tables * step + 8 * 3, 1);
	map(paging, image_of(52, ARM64_4K), CODE | ARM64_UXN);
	map(paging, UINT64_C(0xfff0000000000000), DATA | NO_EXECUTE);
	search = search_all();
	assert_int_equal(search.nr_found, 1);
	assert_int_equal(search.found[0].choice.page_size, ARM64_4K);
}

/* The image was in the lower half until 5.3, and in the linear map until 4.5. */
static void older_layouts(void **state)
{
	const struct paging_choice choice = { .page_size = ARM64_4K, .va_bits = 39, .pa_bits = 48 };
	const struct paging *paging = arm64_paging(&choice);
	struct table_search search;

	(void)state;
	start(paging);
	map(paging, UINT64_C(0xffffff8008000000), CODE | ARM64_UXN);
	map(paging, UINT64_C(0xffffffc000000000), DATA | NO_EXECUTE);
	search = search_all();
	assert_int_equal(search.nr_found, 1);
	assert_int_equal(search.found[0].vaddr, UINT64_C(0xffffff8008000000) + (root - base));
	start(paging);
	last = base + 0x1ff000;
	map(paging, UINT64_C(0xffffffc000000000), CODE | ARM64_UXN);
	map(paging, UINT64_C(0xffffff8000000000), DATA | NO_EXECUTE);
	search = search_all();
	assert_int_equal(search.nr_found, 1);
	assert_int_equal(search.found[0].vaddr, UINT64_C(0xffffffc000000000) + (root - base));
	/* The lower half has a module in other memory. */
	start(paging);
	last = base + 0x1ff123;
	map(paging, UINT64_C(0xffffffc000000000), CODE | ARM64_UXN);
	base += UINT64_C(0x40000000);
	map(paging, UINT64_C(0xffffff8000000000), DATA | NO_EXECUTE);
	base -= UINT64_C(0x40000000);
	assert_int_equal(search_all().nr_found, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_paging),
		cmocka_unit_test(fewer_bits_of_64k),
		cmocka_unit_test(blocks_begin_at_their_size),
		cmocka_unit_test(pages_begin_at_their_size),
		cmocka_unit_test(last_entry_of_52_bits),
		cmocka_unit_test(a_table_of_two_entries),
		cmocka_unit_test(other_tables),
		cmocka_unit_test(blocks_of_others),
		cmocka_unit_test(linear_maps_without_the_table),
		cmocka_unit_test(device_blocks),
		cmocka_unit_test(a_table_that_is_cut),
		cmocka_unit_test(a_word_in_a_larger_page),
		cmocka_unit_test(older_layouts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
