/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of regions while ranges are added. */
#include "linux/region.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "open/open.h"

#include "unit.h"

static void expect(const struct region_list *list, size_t index, const char *name, uint64_t first,
		   uint64_t last)
{
	const struct region *region = &list->region[index];

	assert_true(index < list->nr);
	if (name)
		assert_string_equal(region_names[region->kind], name);
	else
		assert_int_equal(region->kind, REGION_NEEDS_TYPES);
	assert_true(region->first == first);
	assert_true(region->last == last);
}

static void in_order(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_USER, 0, 0x7fff);
	region_add(&list, REGION_DIRECT_MAP, 0x8000, 0xbfff);
	assert_int_equal(list.nr, 2);
	expect(&list, 0, "user", 0, 0x7fff);
	expect(&list, 1, "direct-map", 0x8000, 0xbfff);
}

static void gaps_become_holes(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_VMALLOC, 0x1000, 0x1fff);
	region_add(&list, REGION_VMEMMAP, 0x2001, 0x2fff);
	assert_int_equal(list.nr, 4);
	expect(&list, 0, "hole", 0, 0xfff);
	expect(&list, 1, "vmalloc", 0x1000, 0x1fff);
	expect(&list, 2, "hole", 0x2000, 0x2000);
	expect(&list, 3, "vmemmap", 0x2001, 0x2fff);
}

/* If two regions overlap, neither is used in the common range. */
static void overlaps_are_not_known(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_USER, 0, 0x7fff);
	region_add(&list, REGION_MODULES, 0x4000, 0x8fff);
	assert_int_equal(list.nr, 3);
	expect(&list, 0, "user", 0, 0x3fff);
	expect(&list, 1, "unknown", 0x4000, 0x7fff);
	expect(&list, 2, "modules", 0x8000, 0x8fff);
	/* The direct map of 2.6.26, if another region extends beyond it. */
	list.nr = 0;
	region_add(&list, REGION_GUARD_HOLE, 0x8000, 0x87ff);
	region_add(&list, REGION_DIRECT_MAP, 0x8100, 0x83ff);
	region_add(&list, REGION_VMALLOC, 0x8200, 0x9fff);
	assert_int_equal(list.nr, 4);
	expect(&list, 0, "hole", 0, 0x7fff);
	expect(&list, 1, "guard-hole", 0x8000, 0x80ff);
	expect(&list, 2, "unknown", 0x8100, 0x87ff);
	expect(&list, 3, "vmalloc", 0x8800, 0x9fff);
}

/* An overlap or a hole may consist of one address. */
static void one_address(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_USER, 1, 0x7fff);
	region_add(&list, REGION_MODULES, 0x7fff, 0x8fff);
	region_add(&list, REGION_VMALLOC, 0x8fff, 0x8fff);
	assert_int_equal(list.nr, 5);
	expect(&list, 0, "hole", 0, 0);
	expect(&list, 1, "user", 1, 0x7ffe);
	expect(&list, 2, "unknown", 0x7fff, 0x7fff);
	expect(&list, 3, "modules", 0x8000, 0x8ffe);
	expect(&list, 4, "unknown", 0x8fff, 0x8fff);
}

/* The uses that a region of each kind can have. */
static void uses_of_regions(void **state)
{
	(void)state;
	for (int kind = 0; kind < NR_REGION_KINDS; kind++) {
		const struct region region = { 0, 0xfff, (enum region_kind)kind };
		unsigned int uses = kind == REGION_DIRECT_MAP	? 7 :
				    kind == REGION_KERNEL_IMAGE ? 2 :
				    kind == REGION_VMALLOC	? 6 :
								  0;

		assert_int_equal(region_has_areas(&region), kind == REGION_VMALLOC ||
								    kind == REGION_MODULES ||
								    kind == REGION_BPF_JIT);
		assert_int_equal(region_may_hold_fixmap(&region),
				 kind == REGION_FIXMAP || kind == REGION_VSYSCALL ||
					 kind == REGION_HOLE || kind == REGION_UNKNOWN);
		assert_int_equal(region_uses(&region, true), uses);
		assert_int_equal(region_uses(&region, false), kind == REGION_VMALLOC ? uses : 0);
	}
	assert_int_equal(REGION_HOLDS_SLABS | REGION_HOLDS_STACKS | REGION_HOLDS_PERCPU, 7);
}

/* The direct map: 2M that are mapped, 2M that are mapped to other memory, 2M whose table is not in
 * the dump, and 2M that are not mapped. */
static void the_direct_map(void **state)
{
	static const struct {
		uint64_t paddr;
		enum error_code code; /* ERROR_NONE: the address is in the direct map */
	} rows[] = {
		{ 0, ERROR_NONE },
		{ 0x1234, ERROR_NONE },
		{ 0x1fffff, ERROR_NONE },
		{ 0x200000, ERROR_NO_ANSWER },
		{ 0x400000, ERROR_UNREADABLE },
		{ 0x600000, ERROR_NO_ANSWER },
		{ UINT64_C(1) << 63, ERROR_NO_ANSWER },
		{ UINT64_MAX, ERROR_NO_ANSWER },
		{ UINT64_C(1) << 46, ERROR_NO_ANSWER },
	};
	const uint64_t direct = 0xffff888000000000, image_at = 0xffffffff80000000;
	struct kernel *kernel;
	struct error err;
	uint64_t value;

	(void)state;
	memory_start_64("6.1.0", "");
	put(0x1000 + 8 * 273, 0xa000 | P | RW, 8);
	put(0xa000, 0xb000 | P | RW, 8);
	put(0xb000, P | RW | PS, 8);
	put(0xb008, 0x800000 | P | RW | PS, 8);
	put(0xb010, 0x300000 | P | RW, 8);
	/* vmalloc: ffffc90000000000 */
	put(0x1000 + 8 * 402, 0xc000 | P | RW, 8);
	put(0xc000 + 8 * 0x40, 0xd000 | P | RW, 8);
	put(0xc000, 0xd000 | P | RW, 8);
	put(0xd000, P | RW | PS, 8);
	kernel = memory_open(NULL, "page_offset=ffff888000000000");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool there = rows[i].code == ERROR_NONE;

		err.code = ERROR_NONE;
		if (region_phys_to_virt(kernel, rows[i].paddr, &value, &err) != there ||
		    (!there && err.code != rows[i].code))
			fail_msg("row %zu: %s", i, err.message);
		if (there)
			assert_true(value == direct + rows[i].paddr);
	}
	assert_true(region_linear(kernel, direct + 0x1234, &value));
	assert_int_equal(value, 0x1234);
	assert_true(region_linear(kernel, image_at + 0x1234, &value));
	assert_int_equal(value, 0x1234);
	assert_false(region_linear(kernel, direct + 0x200000, &value));
	assert_false(region_linear(kernel, direct + 0x400000, &value));
	assert_false(region_linear(kernel, direct + 0x600000, &value));
	assert_false(region_linear(kernel, image_at + 0x600000, &value));
	assert_false(region_linear(kernel, 0xffffc90000001000, &value));
	assert_false(region_linear(kernel, 0x1000, &value));
	open_close(kernel);
}

/* The direct map has no addresses for high memory, and there is no memory above 4G. Modules are in
 * vmalloc. */
static void the_direct_map_of_i386(void **state)
{
	static const struct region vmalloc = { 0, 0xfff, REGION_VMALLOC };
	static const struct region modules = { 0, 0xfff, REGION_MODULES };
	struct kernel *kernel;
	struct error err;
	uint64_t value;

	(void)state;
	memory_start(true, "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=c0001000\n"
			   "SYMBOL(_stext)=c1000000\n");
	put(0x1000 + 4 * (0xc0000000 >> 22), P | RW | PS, 4);
	kernel = memory_open(NULL, NULL);
	assert_true(region_phys_to_virt(kernel, 0x1234, &value, NULL));
	assert_true(value == 0xc0001234);
	assert_false(region_phys_to_virt(kernel, 0x40000000, &value, &err));
	assert_int_equal(err.code, ERROR_NO_ANSWER);
	assert_non_null(strstr(err.message, "beyond the direct map"));
	err.code = ERROR_NONE;
	assert_null(region_of(kernel, UINT64_C(0x100000000), &err));
	assert_int_equal(err.code, ERROR_NO_ANSWER);
	assert_true(region_has_modules(kernel, &vmalloc));
	assert_false(region_has_modules(kernel, &modules));
	open_close(kernel);
}

/* An overlap with a region of the same name, or with one without a name, is not a contradiction. */
static void overlaps_of_one_name(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_USER, 0, 0x7fff);
	region_add(&list, REGION_USER, 0x4000, 0x8fff);
	region_add(&list, REGION_HOLE, 0x1000, 0x1fff);
	assert_int_equal(list.nr, 1);
	expect(&list, 0, "user", 0, 0x8fff);
}

static void a_range_in_a_hole(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_DIRECT_MAP, 0x1000, 0x1fff);
	region_add(&list, REGION_VMALLOC, 0x8000, 0x8fff);
	region_add(&list, REGION_LDT_REMAP, 0x4000, 0x4fff);
	assert_int_equal(list.nr, 6);
	expect(&list, 2, "hole", 0x2000, 0x3fff);
	expect(&list, 3, "ldt-remap", 0x4000, 0x4fff);
	expect(&list, 4, "hole", 0x5000, 0x7fff);
}

static void empty_ranges_are_left_out(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_KMAP, 1, 0);
	region_add(&list, REGION_KMAP, UINT64_MAX, 0);
	region_add(&list, REGION_KMAP, 0x2000, 0x1fff);
	assert_int_equal(list.nr, 0);
	region_add(&list, REGION_USER, 0, 0);
	/* The end of this region is before its start, so it makes no hole. */
	region_add(&list, REGION_KMAP, 0x2000, 0x1000);
	assert_int_equal(list.nr, 1);
	expect(&list, 0, "user", 0, 0);
}

static void the_last_address(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_USER, 0, UINT64_MAX - 1);
	region_add(&list, REGION_VSYSCALL, UINT64_MAX, UINT64_MAX);
	region_add(&list, REGION_HOLE, 0, UINT64_MAX);
	region_add(&list, REGION_HOLE, UINT64_MAX, UINT64_MAX);
	region_add(&list, REGION_HOLE, 0, 0);
	assert_int_equal(list.nr, 2);
	expect(&list, 0, "user", 0, UINT64_MAX - 1);
	expect(&list, 1, "vsyscall", UINT64_MAX, UINT64_MAX);
}

static void all_of_it(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_USER, 0, UINT64_MAX);
	region_add(&list, REGION_HOLE, 0x1000, UINT64_MAX);
	assert_int_equal(list.nr, 1);
	expect(&list, 0, "user", 0, UINT64_MAX);
}

static void what_is_not_known_has_no_name(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, REGION_USER, 0, 0xfff);
	region_add(&list, REGION_NEEDS_TYPES, 0x1000, 0x1fff);
	region_add(&list, REGION_NEEDS_TYPES, 0x3000, 0x3fff);
	assert_int_equal(list.nr, 4);
	expect(&list, 1, NULL, 0x1000, 0x1fff);
	expect(&list, 2, "hole", 0x2000, 0x2fff);
	expect(&list, 3, NULL, 0x3000, 0x3fff);
}

static void a_full_list_stays_whole(void **state)
{
	struct region_list list[2];
	const struct region_list *after = &list[1];

	(void)state;
	memset(list, 0, sizeof(list));
	for (uint64_t i = 0; i < 3 * MAX_REGIONS; i++)
		region_add(&list[0], REGION_KMAP, 2 * i, 2 * i);
	assert_int_equal(list[0].nr, MAX_REGIONS);
	for (size_t i = 0; i < MAX_REGIONS; i++)
		expect(&list[0], i, i % 2 ? "hole" : "kmap", i, i);
	assert_int_equal(after->nr, 0);
	assert_int_equal(after->region[0].kind, REGION_NEEDS_TYPES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(gaps_become_holes),
		cmocka_unit_test(overlaps_are_not_known),
		cmocka_unit_test(one_address),
		cmocka_unit_test(uses_of_regions),
		cmocka_unit_test(the_direct_map),
		cmocka_unit_test(the_direct_map_of_i386),
		cmocka_unit_test(overlaps_of_one_name),
		cmocka_unit_test(a_range_in_a_hole),
		cmocka_unit_test(empty_ranges_are_left_out),
		cmocka_unit_test(the_last_address),
		cmocka_unit_test(all_of_it),
		cmocka_unit_test(what_is_not_known_has_no_name),
		cmocka_unit_test(a_full_list_stays_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
