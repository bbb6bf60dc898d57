/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for the kernel's page table on riscv64, without any facts. swapper_pg_dir maps the
 * image, itself and the linear map; tables that lack one of these must not be found. */
#include "arch/riscv64/riscv64.h"
#include "image.h"
#include "kernel/table_search.h"
#include "open/archs.h"

#include "unit.h"

enum { MEMORY = 0x1000, PAGE = 0x1000, MOST = 12, VALID = 1, LEAF = 0xcf, USER = 0x10 };
#define RAM UINT64_C(0x80000000)
#define ROOT (ram + 0x300000)
#define IMAGE RISCV64_LINK_ADDRESS
/* What the image and the linear map have in their first 2M. */
#define KERNEL (ram + 0x200000)

static uint64_t ram = RAM;

static struct image image;
static unsigned int nr_tables;
static uint64_t banner_at;

static void put(uint64_t paddr, uint64_t entry)
{
	entry = htole64(entry);
	memcpy(image.bytes + MEMORY + (paddr - ROOT), &entry, sizeof(entry));
}

static uint64_t get(uint64_t paddr)
{
	uint64_t entry;

	memcpy(&entry, image.bytes + MEMORY + (paddr - ROOT), sizeof(entry));
	return le64toh(entry);
}

static void map(unsigned int levels, uint64_t vaddr, uint64_t paddr)
{
	uint64_t table = ROOT;

	for (unsigned int shift = 9 * levels + 3; shift > 21; shift -= 9) {
		uint64_t at = table + 8 * (vaddr >> shift & 511);

		if (!get(at))
			put(at, (ROOT + ++nr_tables * PAGE) >> 2 | VALID);
		table = get(at) >> 10 << 12;
	}
	put(table + 8 * (vaddr >> 21 & 511), paddr >> 2 | LEAF);
}

static void start(void)
{
	image_init(&image, false);
	image.machine = EM_RISCV;
	memset(image.bytes + MEMORY, 0, MOST * PAGE);
	nr_tables = 0;
	banner_at = KERNEL + 0x80123;
}

static struct table_search search_from(uint64_t size)
{
	static const struct found_table any;
	struct table_search search = { .last_paddr = RAM + 0x10000000,
				       .wanted = &any,
				       .banners = &banner_at,
				       .nr_banners = 1 };

	image_load(&image, MEMORY, ROOT, size);
	search.dump = image_open(&image, NULL);
	assert_non_null(search.dump);
	arch_riscv64.try_table(&search, ROOT);
	dump_close(search.dump);
	return search;
}

static struct table_search search_all(void)
{
	return search_from(MOST * PAGE);
}

/* The starts of the linear map: page_offsets of each mode. It begins with the image or RAM. */
static const struct {
	unsigned int levels;
	uint64_t linear, paddr;
} modes[] = {
	{ 3, 0xffffffd600000000, RAM },
	{ 3, 0xffffffd800000000, RAM },
	{ 3, 0xffffffe000000000, RAM + 0x200000 },
	{ 4, 0xffffaf8000000000, RAM },
	{ 4, 0xffffaf8000000000, RAM + 0x200000 },
	{ 5, 0xff60000000000000, RAM },
};

static void map_kernel(size_t mode, uint64_t image_at)
{
	uint64_t linear = modes[mode].linear;

	start();
	if (image_at)
		map(modes[mode].levels, image_at, KERNEL);
	map(modes[mode].levels, linear, modes[mode].paddr);
	if (modes[mode].paddr != KERNEL)
		map(modes[mode].levels, linear + (KERNEL - RAM), KERNEL);
}

static void each_mode(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		/* at its link address, and moved by KASLR */
		for (uint64_t at = IMAGE; at <= IMAGE + 0x1fe00000; at += 0x1fe00000) {
			struct table_search search;

			map_kernel(i, at);
			search = search_all();
			if (search.nr_found != 1)
				fail_msg("mode %zu: %zu", i, search.nr_found);
			assert_int_equal(search.found[0].choice.levels, modes[i].levels);
			assert_int_equal(search.found[0].root, ROOT);
			assert_true(search.found[0].vaddr == at + (ROOT - KERNEL));
			assert_int_equal(search.found[0].nr_banners, 1);
			assert_true(search.found[0].banner_vaddr[0] == at + 0x80123);
		}
	}
}

/* Until 5.12 the image is in the linear map. */
static void image_in_the_linear_map(void **state)
{
	struct table_search search;

	(void)state;
	map_kernel(2, 0);
	search = search_all();
	assert_int_equal(search.nr_found, 1);
	assert_true(search.found[0].vaddr == 0xffffffe000000000 + (ROOT - KERNEL));
	/* The banner is not mapped. */
	start();
	map(3, 0xffffffe000000000, KERNEL);
	banner_at = KERNEL + 0x200000;
	assert_int_equal(search_all().nr_found, 0);
}

/* Before the page of the image there may be pages with other offsets: those that the fixmap or BPF
 * has, and more than MOST_OFFSETS of them. */
static void other_offsets(void **state)
{
	(void)state;
	map_kernel(0, IMAGE + 0x600000);
	map(3, IMAGE, RAM + 0x800000);
	map(3, IMAGE + 0x200000, RAM + 0xa00000);
	map(3, IMAGE + 0x400000, RAM + 0x1000000);
	assert_int_equal(search_all().nr_found, 1);
}

/* With Sv39, the range of an old linear map has the image of a newer kernel. It is not taken for a
 * linear map if it is at a higher frame than there are pages before it. */
static void image_in_high_memory(void **state)
{
	const struct paging_choice choice = { .levels = 3 };
	struct space space = { .paging = arch_riscv64.paging(&choice) };
	uint64_t page_offset, offset;

	(void)state;
	ram = UINT64_C(1) << 37;
	start();
	map(3, IMAGE, KERNEL);
	map(3, modes[0].linear, ram);
	map(3, modes[0].linear + 0x200000, KERNEL);
	image_load(&image, MEMORY, ROOT, MOST * PAGE);
	space.dump = image_open(&image, NULL);
	space.root = ROOT;
	assert_true(riscv64_linear_map(&space, &page_offset, &offset));
	assert_true(page_offset == modes[0].linear && offset == page_offset - ram);
	dump_close(space.dump);
	ram = RAM;
}

/* early_pg_dir and trampoline_pg_dir have no linear map. */
static void other_tables(void **state)
{
	(void)state;
	start();
	map(3, IMAGE, KERNEL);
	assert_int_equal(search_all().nr_found, 0);
	/* The linear map is of other memory, or does not have the table. */
	start();
	map(3, IMAGE, KERNEL);
	map(3, modes[0].linear, RAM);
	assert_int_equal(search_all().nr_found, 0);
	start();
	map(3, IMAGE, KERNEL);
	map(3, modes[0].linear, RAM);
	map(3, modes[0].linear + 0x200000, KERNEL + 0x200000);
	assert_int_equal(search_all().nr_found, 0);
	/* The banner is not in the image. */
	map_kernel(0, IMAGE);
	banner_at = RAM + 0x2000000;
	assert_int_equal(search_all().nr_found, 0);
	/* The image does not map the table, which is of a new process. */
	map_kernel(0, 0);
	map(3, IMAGE, RAM + 0x400000);
	assert_int_equal(search_all().nr_found, 0);
}

/* The top-level table of the kernel has no mappings of processes and no entries that are not
 * valid. */
static void entries_of_others(void **state)
{
	static const struct {
		unsigned int index;
		uint64_t entry;
		size_t found;
	} rows[] = {
		{ 300, (RAM + 0x40000000) >> 2 | VALID, 1 },
		{ 300, (RAM + 0x40000000) >> 2 | VALID | USER, 0 },
		{ 300, (RAM + 0x40000000) >> 2 | LEAF, 1 },
		{ 300, (RAM + 0x40000000) >> 2 | LEAF | USER, 0 },
		{ 300, 2, 0 },
		{ 300, UINT64_C(1) << 63, 0 },
		{ 256, (RAM + 0x40000000) >> 2 | VALID, 1 },
		{ 255, (RAM + 0x40000000) >> 2 | VALID, 0 },
		{ 0, (RAM + 0x40000000) >> 2 | VALID, 0 },
		{ 511, (RAM + 0x40000000) >> 2 | VALID, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		map_kernel(0, IMAGE);
		put(ROOT + 8 * rows[i].index, rows[i].entry);
		if (search_all().nr_found != rows[i].found)
			fail_msg("row %zu", i);
	}
	/* The end of the table is not in the dump, or all of it is empty. */
	map_kernel(0, IMAGE);
	assert_int_equal(search_from(PAGE - 8).nr_found, 0);
	start();
	assert_int_equal(search_all().proofs, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mode),
		cmocka_unit_test(image_in_the_linear_map),
		cmocka_unit_test(other_offsets),
		cmocka_unit_test(other_tables),
		cmocka_unit_test(image_in_high_memory),
		cmocka_unit_test(entries_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
