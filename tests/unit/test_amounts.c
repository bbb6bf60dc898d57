/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The largest users of vmalloc: more callers than a list has, callers of several areas, and callers
 * with the same size. */
#include "report/users/amounts.h"
#include "open/open.h"

#include "made_vmalloc.h"

enum { NR_CALLERS = 50 };

/* Writes one area for each caller, and a second one for the first caller if two_of_first. Returns
 * the sum of all sizes, in pages. An area without VM_NO_GUARD ends with a guard page, which is not
 * counted. */
static uint64_t put_callers(unsigned int nr, const uint64_t *pages, bool two_of_first)
{
	uint64_t at = 0, sum = 0;

	memory_start_64("6.1.0", LIST);
	for (unsigned int i = 0; i < nr + two_of_first; i++) {
		put_area(i, at, pages[i % nr] + 1, (int)i);
		put_vm(i, at, pages[i % nr] + 1, 2);
		put(vm_at(i) + 56, IMAGE + 0x1000 + i % nr, 8);
		at += pages[i % nr] + 1;
		sum += pages[i % nr];
	}
	link_areas(HEAD, 0, nr + two_of_first);
	return sum;
}

static struct amounts amounts_now(void)
{
	struct kernel *kernel = open_kernel(HAS_VM | HAS_CALLER);
	struct amounts amounts;

	amounts_of_areas(&amounts, kernel);
	open_close(kernel);
	assert_true(amounts.known);
	return amounts;
}

static void the_largest_callers(void **state)
{
	static const unsigned int nrs[] = { 1, MOST_AMOUNTS - 1, MOST_AMOUNTS, MOST_AMOUNTS + 1,
					    NR_CALLERS };

	(void)state;
	for (size_t row = 0; row < sizeof(nrs) / sizeof(nrs[0]); row++) {
		unsigned int nr = nrs[row], kept = nr < MOST_AMOUNTS ? nr : MOST_AMOUNTS;
		uint64_t pages[NR_CALLERS], sum;
		struct amounts amounts;

		for (unsigned int i = 0; i < nr; i++)
			pages[i * 7 % nr] = i + 1; /* not in the order of callers */
		sum = put_callers(nr, pages, false);
		amounts = amounts_now();
		assert_int_equal(amounts.nr, kept);
		assert_int_equal(amounts.nr_all, nr);
		assert_int_equal(amounts.size, sum << 12);
		for (unsigned int i = 0; i < kept; i++) {
			assert_int_equal(amounts.item[i].size, (nr - i) << 12);
			assert_int_equal(amounts.item[i].nr, 1);
		}
	}
}

static void callers_of_several_areas(void **state)
{
	const uint64_t pages[] = { 2, 4, 3, 4 };
	struct amounts amounts;
	uint64_t sum = put_callers(4, pages, true);

	(void)state;
	amounts = amounts_now();
	assert_int_equal(amounts.size, sum << 12);
	assert_int_equal(amounts.nr, 4);
	/* all have 4 pages except the caller of 3 pages, and stay in the order of callers */
	assert_string_equal(amounts.item[0].name, "ffffffff80001000");
	assert_int_equal(amounts.item[0].nr, 2);
	assert_string_equal(amounts.item[1].name, "ffffffff80001001");
	assert_string_equal(amounts.item[2].name, "ffffffff80001003");
	assert_string_equal(amounts.item[3].name, "ffffffff80001002");
	assert_int_equal(amounts.item[3].size, 0x3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_largest_callers),
		cmocka_unit_test(callers_of_several_areas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
