/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The regions of i386: results that depend on both symbols and releases. Symbols that KASLR
 * moves. */
#include "linux/region.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "open/archs.h"
#include "linked.h"
#include "made_eras.h"
#include "memory.h"

#include "unit.h"

/* --- the top of i386 --- */

/* f9a6cd2ee2b5... of 4.15 added cpu_entry_area. LDT_BASE_ADDR is below it, and above kmap, since
 * 4.19 (7757d607c6b3). include/asm/pgtable_32_types.h */
static const struct {
	bool pae;
	const char *release;
	bool has_kmap;
	int ldt, kmap; /* distance below the area, in ranges of one last-level table; 0: none */
} tops[] = {
	{ false, "4.18.20", true, 0, 1 },  { false, "4.19.0", true, 1, 2 },
	{ false, "4.18.20", false, 0, 0 }, { false, "4.19.0", false, 1, 0 },
	{ true, "4.18.20", true, 0, 1 },   { true, "4.19.0", true, 1, 2 },
	{ true, "4.18.20", false, 0, 0 },  { true, "4.19.0", false, 1, 0 },
	{ true, "6.1.0", true, 1, 2 },
};

static void tops_of_i386(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		uint64_t reach = tops[i].pae ? 2 << 20 : 4 << 20;
		struct linked linked = { .narrow = true };
		struct error err = { .message = "" };
		const struct region *region;
		struct kernel *kernel;

		/* moved by 1000000 */
		linked_add(&linked, "_stext", LINKED_BASE_32, 0);
		linked_add(&linked, "divide_error", LINKED_BASE_32 + 0x1234, 8);
		linked_add(&linked, "setup_cpu_entry_areas", LINKED_BASE_32, 8);
		if (tops[i].has_kmap)
			linked_add(&linked, "kmap_high", LINKED_BASE_32, 8);
		start_i386(tops[i].pae, tops[i].release);
		kernel = memory_open(linked_open(&linked), NULL);
		for (int nr = 1; nr <= 3; nr++) {
			const char *name = nr == tops[i].ldt  ? "ldt-remap" :
					   nr == tops[i].kmap ? "kmap" :
								"vmalloc";
			uint64_t first = AREA - nr * reach;

			region = region_of(kernel, first, &err);
			if (!region)
				fail_msg("row %zu: %s", i, err.message);
			if (strcmp(region_names[region->kind], name) ||
			    (nr != 3 && strcmp(name, "vmalloc") && region->first != first))
				fail_msg("row %zu, %llx: %s", i, (unsigned long long)first,
					 region_names[region->kind]);
			if (nr == tops[i].kmap)
				assert_true(region->last - first + 1 ==
					    (tops[i].pae ? 512 : 1024) * 4096);
			if (nr == tops[i].ldt)
				assert_true(region->last == first + reach - 1);
		}
		open_close(kernel);
	}
}

/* Arithmetic is valid for the 4M that are mapped, and for no byte after them. */
static void the_direct_map_of_i386(void **state)
{
	(void)state;
	for (int pae = 0; pae < 2; pae++) {
		struct kernel *kernel;
		uint64_t paddr;

		start_i386(pae, "6.1.0");
		kernel = memory_open(NULL, NULL);
		assert_true(arch_i386.virt_to_phys(kernel, 0xc0000000, &paddr));
		assert_true(paddr == 0);
		assert_true(arch_i386.virt_to_phys(kernel, 0xc03fffff, &paddr));
		assert_true(paddr == 0x3fffff);
		assert_false(arch_i386.virt_to_phys(kernel, 0xc0400000, &paddr));
		assert_false(arch_i386.virt_to_phys(kernel, 0xbfffffff, &paddr));
		open_close(kernel);
	}
}

/* Bases that the user gives are reported if they cannot be true. */
static void bases_of_i386_out_of_order(void **state)
{
	static const char *const rows[][3] = {
		{ "page_offset=0", "high_memory=c0400000", "vmalloc_start=c0c00000" },
		{ "page_offset=c0000000", "high_memory=c0000000", "vmalloc_start=c0c00000" },
		{ "page_offset=c0000000", "high_memory=100000000", "vmalloc_start=100800000" },
		{ "page_offset=c0000000", "high_memory=c0400000", "vmalloc_start=100000000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { .message = "" };
		struct kernel *kernel;

		start_i386(false, "6.1.0");
		kernel = memory_open_with(NULL, rows[i], 3);
		assert_null(region_of(kernel, 0xc0000000, &err));
		assert_non_null(strstr(err.message, "must ascend in this order"));
		open_close(kernel);
	}
}

/* pkmap_page_table gives the table that maps kmap. kmap is at one of four places below the
 * cpu_entry_area. pkmap_count gives the number of slots. */
static void kmap_by_its_table(void **state)
{
	(void)state;
	for (int pae = 0; pae < 2; pae++)
		for (unsigned int place = 0; place <= 5; place++) {
			uint64_t reach = pae ? 2 << 20 : 4 << 20;
			uint64_t base = AREA - place * reach, size = pae ? 8 : 4;
			unsigned int at = (unsigned int)((pae ? base & 0x3fffffff : base) / reach);
			struct linked linked = { .narrow = true };
			const struct region *region;
			struct kernel *kernel;

			linked_add(&linked, "_stext", LINKED_BASE_32, 0);
			linked_add(&linked, "divide_error", LINKED_BASE_32 + 0x1234, 8);
			linked_add(&linked, "setup_cpu_entry_areas", LINKED_BASE_32, 8);
			linked_add(&linked, "pkmap_count", LINKED_BASE_32, 4 * 300);
			linked_add(&linked, "pkmap_page_table", 0xbf009000, 4);
			start_i386(pae, "4.19.0");
			if (place)
				put((pae ? HIGH : ROOT_32) + size * at, 0xa000 | P | RW, size);
			put(0x9000, 0xc000a000, 4);
			kernel = memory_open(linked_open(&linked), NULL);
			region = region_of(kernel, base, NULL);
			if (place < 1 || place > 4) {
				assert_null(region);
			} else {
				const struct region *below = region_of(kernel, base - 0x2001, NULL);

				assert_non_null(region);
				assert_int_equal(region->kind, REGION_KMAP);
				assert_true(region->first == base);
				assert_true(region->last == base + 300 * 4096 - 1);
				/* two pages between the regions stay free */
				assert_non_null(below);
				assert_int_equal(below->kind, REGION_VMALLOC);
				assert_true(below->last == base - 0x2001);
				region = region_of(kernel, AREA - reach, NULL);
				assert_int_equal(region->kind,
						 place == 1 ? REGION_KMAP : REGION_LDT_REMAP);
			}
			open_close(kernel);
		}
}

/* If only the release is known, a table must exist, because anything else would be a guess. */
static void kmap_without_its_table(void **state)
{
	(void)state;
	for (int cut = 0; cut < 2; cut++) {
		struct linked linked = { .narrow = true };
		struct kernel *kernel;

		linked_add(&linked, "_stext", LINKED_BASE_32, 0);
		linked_add(&linked, "divide_error", LINKED_BASE_32 + 0x1234, 8);
		linked_add(&linked, "setup_cpu_entry_areas", LINKED_BASE_32, 8);
		linked_add(&linked, "kmap_high", LINKED_BASE_32, 8);
		start_i386(false, "4.19.0");
		if (cut)
			put(ROOT_32 + 4 * ((AREA >> 22) - 2), 0, 4);
		kernel = memory_open(linked_open(&linked), NULL);
		assert_int_equal(region_of(kernel, AREA - (8 << 20), NULL) == NULL, cut);
		open_close(kernel);
	}
}

/* --- symbols that KASLR moves --- */

static void symbols_that_are_moved(void **state)
{
	(void)state;
	/* per-CPU symbols begin at 0 (arch/x86/kernel/vmlinux.lds.S, until 6.15) */
	assert_false(arch_x86_64.relocated(0, LINKED_DATA));
	assert_false(arch_x86_64.relocated(0x1f000, LINKED_DATA));
	assert_false(arch_x86_64.relocated(IMAGE - 1, LINKED_DATA));
	assert_true(arch_x86_64.relocated(IMAGE, LINKED_DATA));
	assert_true(arch_x86_64.relocated(IMAGE, SHN_ABS));
	assert_true(arch_i386.relocated(0, LINKED_DATA));
	assert_true(arch_i386.relocated(0xc1000000, LINKED_DATA));
	assert_false(arch_i386.relocated(0xc1000000, SHN_ABS));
}

static void a_moved_kernel(void **state)
{
	struct linked linked = { .nr = 3,
				 .symbols = { { "_stext", LINKED_BASE, 0, LINKED_TEXT },
					      { "in_image", LINKED_BASE + 0x100, 8, LINKED_TEXT },
					      { "per_cpu", 0x1f000, 8, LINKED_DATA } } };
	struct kernel_symbol symbol;
	struct kernel *kernel;
	uint64_t address;

	(void)state;
	start_x86_64("6.1.0", 4, "KERNELOFFSET=3000000\n");
	kernel = memory_open(linked_open(&linked), NULL);
	assert_true(kernel_symbol(kernel, "in_image", &address, NULL));
	assert_true(address == LINKED_BASE + 0x3000100);
	assert_true(kernel_symbol(kernel, "per_cpu", &address, NULL));
	assert_true(address == 0x1f000);
	assert_true(kernel_image_symbol_at(kernel, LINKED_BASE + 0x3000107, &symbol, NULL));
	assert_string_equal(symbol.name, "in_image");
	assert_true(symbol.address == LINKED_BASE + 0x3000100);
	assert_true(symbol.size == 8);
	assert_false(kernel_image_symbol_at(kernel, LINKED_BASE + 0x2ffffff, &symbol, NULL));
	assert_false(kernel_image_symbol_at(kernel, 0x301f000, &symbol, NULL));
	open_close(kernel);
	linked = (struct linked){ .narrow = true,
				  .nr = 3,
				  .symbols = {
					  { "_stext", LINKED_BASE_32, 0, LINKED_TEXT },
					  { "in_image", LINKED_BASE_32 + 0x100, 8, LINKED_TEXT },
					  { "absolute", LINKED_BASE_32 + 0x200, 8, SHN_ABS } } };
	start_i386(false, "6.1.0");
	kernel = memory_open(linked_open(&linked), NULL);
	assert_true(kernel_symbol(kernel, "in_image", &address, NULL));
	assert_true(address == LINKED_BASE_32 + 0x1000100);
	assert_true(kernel_symbol(kernel, "absolute", &address, NULL));
	assert_true(address == LINKED_BASE_32 + 0x200);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tops_of_i386),
		cmocka_unit_test(the_direct_map_of_i386),
		cmocka_unit_test(bases_of_i386_out_of_order),
		cmocka_unit_test(kmap_by_its_table),
		cmocka_unit_test(kmap_without_its_table),
		cmocka_unit_test(symbols_that_are_moved),
		cmocka_unit_test(a_moved_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
