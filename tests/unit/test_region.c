/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of regions while ranges are added. */
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "open/open.h"
#include "regions_check.h"

#include "unit.h"

/* The ranges that are added, until a row of zeros, and the whole list then. */
static const struct {
	const char *what;
	struct region added[5];
	struct region_row list[MOST_REGION_ROWS];
} lists[] = {
	{ "in order",
	  { { 0, 0x7fff, REGION_USER }, { 0x8000, 0xbfff, REGION_DIRECT_MAP } },
	  { { "user", 0, 0x7fff }, { "direct-map", 0x8000, 0xbfff } } },
	{ "gaps become holes",
	  { { 0x1000, 0x1fff, REGION_VMALLOC }, { 0x2001, 0x2fff, REGION_VMEMMAP } },
	  { { "hole", 0, 0xfff },
	    { "vmalloc", 0x1000, 0x1fff },
	    { "hole", 0x2000, 0x2000 },
	    { "vmemmap", 0x2001, 0x2fff } } },
	/* If two regions overlap, neither is used in the common range. */
	{ "overlaps are unknown",
	  { { 0, 0x7fff, REGION_USER }, { 0x4000, 0x8fff, REGION_MODULES } },
	  { { "user", 0, 0x3fff }, { "unknown", 0x4000, 0x7fff }, { "modules", 0x8000, 0x8fff } } },
	/* Another region extends beyond it. */
	{ "the direct map of 2.6.26",
	  { { 0x8000, 0x87ff, REGION_GUARD_HOLE },
	    { 0x8100, 0x83ff, REGION_DIRECT_MAP },
	    { 0x8200, 0x9fff, REGION_VMALLOC } },
	  { { "hole", 0, 0x7fff },
	    { "guard-hole", 0x8000, 0x80ff },
	    { "unknown", 0x8100, 0x87ff },
	    { "vmalloc", 0x8800, 0x9fff } } },
	{ "an overlap or a hole of one address",
	  { { 1, 0x7fff, REGION_USER },
	    { 0x7fff, 0x8fff, REGION_MODULES },
	    { 0x8fff, 0x8fff, REGION_VMALLOC } },
	  { { "hole", 0, 0 },
	    { "user", 1, 0x7ffe },
	    { "unknown", 0x7fff, 0x7fff },
	    { "modules", 0x8000, 0x8ffe },
	    { "unknown", 0x8fff, 0x8fff } } },
	/* An overlap with a region of the same name, or with one without a name, is not a
	 * contradiction. */
	{ "overlaps of one name",
	  { { 0, 0x7fff, REGION_USER },
	    { 0x4000, 0x8fff, REGION_USER },
	    { 0x1000, 0x1fff, REGION_HOLE } },
	  { { "user", 0, 0x8fff } } },
	{ "a range in a hole",
	  { { 0x1000, 0x1fff, REGION_DIRECT_MAP },
	    { 0x8000, 0x8fff, REGION_VMALLOC },
	    { 0x4000, 0x4fff, REGION_LDT_REMAP } },
	  { { "hole", 0, 0xfff },
	    { "direct-map", 0x1000, 0x1fff },
	    { "hole", 0x2000, 0x3fff },
	    { "ldt-remap", 0x4000, 0x4fff },
	    { "hole", 0x5000, 0x7fff },
	    { "vmalloc", 0x8000, 0x8fff } } },
	/* The end of a range is before its start, so it makes no hole. */
	{ "empty ranges",
	  { { 1, 0, REGION_KMAP }, { UINT64_MAX, 0, REGION_KMAP }, { 0x2000, 0x1fff, REGION_KMAP } },
	  { { 0 } } },
	{ "an empty range after a region",
	  { { 0, 0, REGION_USER }, { 0x2000, 0x1000, REGION_KMAP } },
	  { { "user", 0, 0 } } },
	{ "the last address",
	  { { 0, UINT64_MAX - 1, REGION_USER },
	    { UINT64_MAX, UINT64_MAX, REGION_VSYSCALL },
	    { 0, UINT64_MAX, REGION_HOLE },
	    { UINT64_MAX, UINT64_MAX, REGION_HOLE },
	    { 0, 0, REGION_HOLE } },
	  { { "user", 0, UINT64_MAX - 1 }, { "vsyscall", UINT64_MAX, UINT64_MAX } } },
	{ "all addresses",
	  { { 0, UINT64_MAX, REGION_USER }, { 0x1000, UINT64_MAX, REGION_HOLE } },
	  { { "user", 0, UINT64_MAX } } },
	{ "what is not known has no name",
	  { { 0, 0xfff, REGION_USER },
	    { 0x1000, 0x1fff, REGION_NEEDS_TYPES },
	    { 0x3000, 0x3fff, REGION_NEEDS_TYPES } },
	  { { "user", 0, 0xfff },
	    { "needs-types", 0x1000, 0x1fff },
	    { "hole", 0x2000, 0x2fff },
	    { "needs-types", 0x3000, 0x3fff } } },
};

static void ranges_that_are_added(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct region *added = lists[i].added;
		struct region_list list = { .nr = 0 };

		for (; added < lists[i].added + 5 && (added->kind || added->last); added++)
			region_add(&list, added->kind, added->first, added->last);
		check_region_rows(lists[i].what, i, &list, 0, lists[i].list);
	}
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
		if (list->region[i].kind != (i % 2 ? REGION_HOLE : REGION_KMAP) ||
		    list->region[i].first != i || list->region[i].last != i)
			fail_msg("region %zu", i);
	assert_int_equal(after->nr, 0);
	assert_int_equal(after->region[0].kind, REGION_NEEDS_TYPES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_that_are_added),   cmocka_unit_test(uses_of_regions),
		cmocka_unit_test(the_direct_map),	   cmocka_unit_test(the_direct_map_of_i386),
		cmocka_unit_test(a_full_list_stays_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
