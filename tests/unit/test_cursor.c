/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading DWARF at the ends of a section. */
#include <stdint.h>

#include "debuginfo/cursor.h"

#include "unit.h"

static const uint8_t data[] = { 1, 2, 3, 4, 5 };
static const struct bytes five = { data, sizeof(data) };

static void at_the_end(void **state)
{
	struct cursor cursor = cursor_at(NULL, five, 4);

	(void)state;
	assert_int_equal(cursor_number(&cursor, 1), 5);
	assert_int_equal(cursor_left(&cursor), 0);
	cursor_skip(&cursor, 0);
	assert_false(cursor.bad);
	assert_int_equal(cursor_number(&cursor, 1), 0);
	assert_true(cursor.bad);
}

/* A number of which only a part is there is none, and neither is what follows. */
static void across_the_end(void **state)
{
	struct cursor cursor = cursor_at(NULL, five, 2);

	(void)state;
	assert_int_equal(cursor_number(&cursor, 4), 0);
	assert_true(cursor.bad);
	assert_int_equal(cursor_byte(&cursor), 0);
}

/* A sanitizer finds if a pointer is made of no pointer. */
static void behind_the_end(void **state)
{
	struct cursor cursor = cursor_at(NULL, five, 6);

	(void)state;
	assert_true(cursor.bad);
	assert_int_equal(cursor_left(&cursor), 0);
	cursor_skip(&cursor, 0);
	cursor_skip(&cursor, UINT64_MAX);
	assert_int_equal(cursor_leb(&cursor, false), 0);
	assert_true(cursor.bad);
}

static void without_steps(void **state)
{
	struct line_work work = { .steps = 2 };
	struct cursor cursor = cursor_at(&work, five, 0);

	(void)state;
	assert_int_equal(cursor_number(&cursor, 1), 1);
	assert_int_equal(cursor_number(&cursor, 1), 0);
	assert_true(cursor.bad);
	assert_int_equal(cursor_left(&cursor), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_end),
		cmocka_unit_test(across_the_end),
		cmocka_unit_test(behind_the_end),
		cmocka_unit_test(without_steps),
	};

	return cmocka_run_group_tests_name("cursor", tests, NULL, NULL);
}
