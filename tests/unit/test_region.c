/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map of the address space, as ranges are added to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernel/region.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

static void expect(const struct region_list *list, size_t index,
		   const char *name, uint64_t first, uint64_t last)
{
	const struct region *region = &list->region[index];

	assert_true(index < list->nr);
	if (name)
		assert_string_equal(region->name, name);
	else
		assert_null(region->name);
	assert_true(region->first == first);
	assert_true(region->last == last);
}

static void in_order(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, "user", 0, 0x7fff);
	region_add(&list, "direct-map", 0x8000, 0xbfff);
	assert_int_equal(list.nr, 2);
	expect(&list, 0, "user", 0, 0x7fff);
	expect(&list, 1, "direct-map", 0x8000, 0xbfff);
}

static void gaps_become_holes(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, "vmalloc", 0x1000, 0x1fff);
	region_add(&list, "vmemmap", 0x2001, 0x2fff);
	assert_int_equal(list.nr, 4);
	expect(&list, 0, "hole", 0, 0xfff);
	expect(&list, 1, "vmalloc", 0x1000, 0x1fff);
	expect(&list, 2, "hole", 0x2000, 0x2000);
	expect(&list, 3, "vmemmap", 0x2001, 0x2fff);
}

static void overlaps_are_cut_off(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, "user", 0, 0x7fff);
	region_add(&list, "modules", 0x4000, 0x8fff);
	region_add(&list, "swallowed", 0x1000, 0x8fff);
	region_add(&list, "fixmap", 0x8fff, 0x9fff);
	assert_int_equal(list.nr, 3);
	expect(&list, 0, "user", 0, 0x7fff);
	expect(&list, 1, "modules", 0x8000, 0x8fff);
	expect(&list, 2, "fixmap", 0x9000, 0x9fff);
}

static void empty_ranges_are_left_out(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, "nothing", 1, 0);
	region_add(&list, "nothing", UINT64_MAX, 0);
	region_add(&list, "nothing", 0x2000, 0x1fff);
	assert_int_equal(list.nr, 0);
	region_add(&list, "user", 0, 0);
	/* Its end lies before what is there already: no hole comes of it. */
	region_add(&list, "nothing", 0x2000, 0x1000);
	assert_int_equal(list.nr, 1);
	expect(&list, 0, "user", 0, 0);
}

static void the_last_address(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, "user", 0, UINT64_MAX - 1);
	region_add(&list, "vsyscall", UINT64_MAX, UINT64_MAX);
	region_add(&list, "hole", 0, UINT64_MAX);
	region_add(&list, "hole", UINT64_MAX, UINT64_MAX);
	region_add(&list, "hole", 0, 0);
	assert_int_equal(list.nr, 2);
	expect(&list, 0, "user", 0, UINT64_MAX - 1);
	expect(&list, 1, "vsyscall", UINT64_MAX, UINT64_MAX);
}

static void all_of_it(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, "user", 0, UINT64_MAX);
	region_add(&list, "hole", 0x1000, UINT64_MAX);
	assert_int_equal(list.nr, 1);
	expect(&list, 0, "user", 0, UINT64_MAX);
}

static void what_is_not_known_has_no_name(void **state)
{
	struct region_list list = { .nr = 0 };

	(void)state;
	region_add(&list, "user", 0, 0xfff);
	region_add(&list, NULL, 0x1000, 0x1fff);
	region_add(&list, NULL, 0x3000, 0x3fff);
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
		region_add(&list[0], "x", 2 * i, 2 * i);
	assert_int_equal(list[0].nr, MAX_REGIONS);
	for (size_t i = 0; i < MAX_REGIONS; i++)
		expect(&list[0], i, i % 2 ? "hole" : "x", i, i);
	assert_int_equal(after->nr, 0);
	assert_null(after->region[0].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(gaps_become_holes),
		cmocka_unit_test(overlaps_are_cut_off),
		cmocka_unit_test(empty_ranges_are_left_out),
		cmocka_unit_test(the_last_address),
		cmocka_unit_test(all_of_it),
		cmocka_unit_test(what_is_not_known_has_no_name),
		cmocka_unit_test(a_full_list_stays_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
