/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory of processes: frames that one process maps, frames that are mapped more than once, and
 * page tables. */
#include "open/open.h"
#include "report/users/process_map.h"

#include "made_mm.h"

enum { PAGE = 0x1000, LARGE = 0x200000 };

static void own_and_shared_memory(void **state)
{
	struct process_map map;
	struct kernel *kernel;

	(void)state;
	start();
	/* the process with isolation maps DATA twice, and a page that no other process maps */
	put(LAST + 16, LARGE | P | RW | US, 8);
	/* the process without isolation maps the first 2M, of which one page is DATA */
	put(PLAIN_MIDDLE, P | RW | US | PS, 8);
	kernel = open_kernel();
	process_map_make(&map, kernel, true);
	assert_true(map.known);
	assert_int_equal(map.nr_tasks, 8);
	assert_int_equal(map.nr_kernel_threads, 4);
	assert_int_equal(map.nr_processes, 3);
	assert_int_equal(map.nr, 3);
	assert_false(map.shared_cut || map.interrupted);
	/* the largest first */
	assert_int_equal(map.process[0].pid, 5);
	assert_true(map.process[0].has_tables && map.process[0].whole);
	assert_int_equal(map.process[0].own, LARGE - PAGE);
	assert_int_equal(map.process[0].shared, PAGE);
	assert_int_equal(map.process[0].tables, 2 * PAGE);
	assert_int_equal(map.process[1].pid, 2);
	assert_true(map.process[1].has_tables && map.process[1].whole);
	assert_int_equal(map.process[1].own, PAGE);
	assert_int_equal(map.process[1].shared, 2 * PAGE);
	assert_int_equal(map.process[1].tables, 3 * PAGE);
	assert_int_equal(map.process[2].pid, 7);
	assert_false(map.process[2].has_tables || map.process[2].whole);
	assert_true(map.process[2].why.code);
	assert_int_equal(map.own, LARGE);
	assert_int_equal(map.shared, 3 * PAGE);
	assert_int_equal(map.tables, 5 * PAGE);
	process_map_release(&map);
	open_close(kernel);
}

/* A table that is not in the dump, an entry with a reserved bit, and frames that are too high to be
 * compared. */
static void tables_that_are_not_whole(void **state)
{
	static const struct {
		uint64_t entry; /* of 2M */
		uint64_t own;
		bool whole, cut;
	} rows[] = {
		{ 0, 0, true, false },
		{ 0x100000 | P | RW | US, 0, false, false },
		{ 0x2000 | P | RW | US | PS, 0, false, false },
		{ ((UINT64_C(1) << 44) - LARGE) | P | RW | US | PS, LARGE, true, false },
		{ (UINT64_C(1) << 44) | P | RW | US | PS, LARGE, true, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct process_map map;
		struct kernel *kernel;

		start();
		put(PLAIN_MIDDLE, rows[i].entry, 8);
		kernel = open_kernel();
		process_map_make(&map, kernel, true);
		for (size_t at = 0; at < map.nr; at++)
			if (map.process[at].pid == 5 && (map.process[at].own != rows[i].own ||
							 map.process[at].whole != rows[i].whole))
				fail_msg("row %zu: %llx", i,
					 (unsigned long long)map.process[at].own);
		assert_int_equal(map.shared_cut, rows[i].cut);
		process_map_release(&map);
		open_close(kernel);
	}
}

static void without_tables(void **state)
{
	static const int pids[] = { 2, 5, 7 }; /* in this order, because no size is known */
	struct process_map map;
	struct kernel *kernel;

	(void)state;
	start();
	kernel = open_kernel();
	process_map_make(&map, kernel, false);
	assert_true(map.known);
	assert_int_equal(map.nr, 3);
	for (size_t i = 0; i < map.nr; i++) {
		assert_int_equal(map.process[i].pid, pids[i]);
		assert_false(map.process[i].has_tables);
		assert_string_equal(map.process[i].comm, "task");
	}
	process_map_release(&map);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_and_shared_memory),
		cmocka_unit_test(tables_that_are_not_whole),
		cmocka_unit_test(without_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
