/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of page frames: each range of a small set, frame by frame. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "dump/write/frame_set.h"

enum { FRAMES = 192 }; /* a whole number of words, so that ranges end where the set ends */

static bool in_pattern(uint64_t pfn)
{
	return pfn % 7 < 3 || (pfn >= 60 && pfn < 130);
}

static bool in_other(uint64_t pfn)
{
	return pfn % 5 == 1 || (pfn >= 64 && pfn < 128);
}

static uint64_t next_by_frames(bool but, bool in, uint64_t start, uint64_t end)
{
	for (; start < end; start++)
		if ((in_pattern(start) && !(but && in_other(start))) == in)
			break;
	return start;
}

static void ranges_are_the_frames_in_them(void **state)
{
	uint64_t *set = frame_set_create(FRAMES), *other = frame_set_create(FRAMES);

	(void)state;
	assert_true(set && other);
	for (uint64_t pfn = 0; pfn < FRAMES; pfn++) {
		if (in_pattern(pfn))
			frame_set_add(set, pfn);
		frame_set_add(other, pfn);
		if (!in_other(pfn))
			frame_set_remove(other, pfn);
	}
	for (uint64_t start = 0; start < FRAMES; start++) {
		uint64_t nr = 0;

		assert_int_equal(frame_set_has(set, start), in_pattern(start));
		assert_int_equal(frame_set_has(other, start), in_other(start));
		for (uint64_t end = start; end <= FRAMES; end++) {
			assert_int_equal(frame_set_count(set, start, end), nr);
			for (int in = 0; in < 2; in++) {
				assert_int_equal(frame_set_next(set, NULL, in, start, end),
						 next_by_frames(false, in, start, end));
				assert_int_equal(frame_set_next(set, other, in, start, end),
						 next_by_frames(true, in, start, end));
			}
			nr += in_pattern(end);
		}
	}
	free(set);
	free(other);
}

static void runs_are_added(void **state)
{
	(void)state;
	for (uint64_t start = 0; start < FRAMES; start++)
		for (uint64_t end = start; end <= FRAMES; end++) {
			uint64_t set[FRAMES / 64 + 1] = { 0 };

			frame_set_add_run(set, start, end);
			assert_int_equal(frame_set_next(set, NULL, true, 0, FRAMES + 64),
					 start < end ? start : FRAMES + 64);
			assert_int_equal(frame_set_next(set, NULL, false, start, FRAMES + 64), end);
			assert_int_equal(frame_set_count(set, 0, FRAMES + 64), end - start);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_the_frames_in_them),
		cmocka_unit_test(runs_are_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
