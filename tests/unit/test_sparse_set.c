/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of page frames with large gaps: which frames were added once, and which again. */
#include "report/users/sparse_set.h"

#include "unit.h"

#define CHUNK (UINT64_C(1) << SET_CHUNK_BITS)
#define END (CHUNK * SET_MOST_CHUNKS) /* frames from here on are never added */

/* A range is added after the frames 100 to 199. The ranges begin and end at, before and after the
 * borders of words of 64 frames, and of chunks. */
static void frames_once_and_again(void **state)
{
	static const struct {
		uint64_t first, last, once, again;
	} rows[] = {
		{ 0, 0, 1, 0 },
		{ 63, 63, 1, 0 },
		{ 63, 64, 2, 0 },
		{ 0, 99, 100, 0 },
		{ 0, 100, 101, 1 },
		{ 199, 300, 102, 1 },
		{ 200, 300, 101, 0 },
		{ 128, 191, 64, 64 },
		{ 127, 192, 66, 66 },
		{ 127, 191, 65, 65 },
		{ 128, 192, 65, 65 },
		{ 130, 140, 11, 11 },
		{ 64, 127, 64, 28 },
		{ CHUNK - 1, CHUNK, 2, 0 },
		{ CHUNK - 64, CHUNK - 1, 64, 0 },
		{ 3 * CHUNK + 5, 5 * CHUNK + 4, 2 * CHUNK, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sparse_set once = { 0 }, again = { 0 };
		uint64_t first = rows[i].first, last = rows[i].last;

		sparse_set_add(&once, &again, 100, 199);
		sparse_set_add(&once, &again, first, last);
		if (sparse_set_count(&once, first, last) != rows[i].once ||
		    sparse_set_count(&again, first, last) != rows[i].again ||
		    sparse_set_count(&once, 0, END - 1) != 100 + rows[i].once - rows[i].again ||
		    sparse_set_count(&again, 0, END - 1) != rows[i].again)
			fail_msg("row %zu", i);
		assert_false(once.cut || again.cut);
		/* only a part of what was added */
		assert_int_equal(sparse_set_count(&once, first, first), 1);
		assert_int_equal(sparse_set_count(&once, last, last), 1);
		sparse_set_release(&once);
		sparse_set_release(&again);
	}
}

static void frames_that_are_too_high(void **state)
{
	static const struct {
		uint64_t first, last, nr;
	} rows[] = {
		{ END - 1, END - 1, 1 },
		{ END - 1, END, 1 },
		{ END, END + 1, 0 },
		{ UINT64_C(1) << 52, (UINT64_C(1) << 52) + 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sparse_set once = { 0 }, again = { 0 };

		assert_int_equal(sparse_set_count(&once, rows[i].first, rows[i].last), 0);
		sparse_set_add(&once, &again, rows[i].first, rows[i].last);
		assert_int_equal(sparse_set_count(&once, rows[i].first, rows[i].last), rows[i].nr);
		assert_int_equal(once.cut, rows[i].last >= END);
		assert_false(again.cut);
		sparse_set_release(&once);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_once_and_again),
		cmocka_unit_test(frames_that_are_too_high),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
