/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The width of text on a terminal, the ends of lines, the columns of a table that are left out, and
 * the pages of a table. */
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "output/field.h"
#include "output/screen.h"
#include "output/table.h"

static struct screen screen_in(const char *locale)
{
	struct screen screen = { .columns = 80, .lines = UINT_MAX };

	setenv("LC_ALL", locale, 1);
	screen_create(&screen);
	return screen;
}

static void width_is_that_of_the_locale(void **state)
{
	static const char text[] = "a\xc3\xbc\xe6\xbc\xa2z"; /* u umlaut, and a wide character */
	struct screen bytes = screen_in("C");
	struct screen characters = screen_in("C.UTF-8");

	(void)state;
	assert_int_equal(screen_width(&bytes, text, strlen(text)), strlen(text));
	assert_int_equal(screen_width(&characters, text, strlen(text)), 5);
	/* A combining mark takes no column. A character that is cut off is not a character. */
	assert_int_equal(screen_width(&characters, "e\xcc\x81", 3), 1);
	assert_int_equal(screen_width(&characters, "\xe6\xbc", 2), 2);
	screen_destroy(&bytes);
	screen_destroy(&characters);
}

static void expect_lines(const char *text, size_t width, const char *expected)
{
	struct screen screen = screen_in("C");
	size_t size = strlen(text), next;
	char lines[256] = "";

	for (; size; text += next, size -= next) {
		size_t piece = screen_piece(&screen, text, size, width, &next);

		strncat(lines, text, piece);
		strcat(lines, "/");
		assert_true(next > 0 && next <= size);
	}
	assert_string_equal(lines, expected);
	screen_destroy(&screen);
}

static void lines_end_between_words(void **state)
{
	(void)state;
	expect_lines("one two three", 80, "one two three/");
	expect_lines("one two three", 13, "one two three/");
	expect_lines("one two three", 12, "one two/three/");
	expect_lines("one two three", 3, "one/two/three/");
	expect_lines("one   two", 6, "one/two/");
	expect_lines("PRESENT|RW|NX", 10, "PRESENT|/RW|NX/");
	expect_lines("PRESENT|RW|NX", 11, "PRESENT|RW|/NX/");
	expect_lines("longer than this", 4, "longer/than/this/");
	expect_lines("/usr/lib/debug", 9, "/usr/lib//debug/");
	expect_lines("  two", 3, "  two/");
	expect_lines("   ", 2, "/");
}

static void columns_are_left_out_by_rank(void **state)
{
	struct columns columns = { .nr = 4,
				   .column = {
					   { .natural = 16, .least = 16, .rank = 1 },
					   { .natural = 10, .least = 10, .rank = 3 },
					   { .natural = 20, .least = 8, .rank = KEPT },
					   { .natural = 10, .least = 10, .rank = 3 },
				   } };

	(void)state;
	assert_true(columns_fit(&columns, 62));
	assert_int_equal(columns.column[2].width, 20);
	assert_int_equal(columns.column[3].width, 10);
	/* First, long values take several lines. */
	assert_true(columns_fit(&columns, 50));
	assert_int_equal(columns.column[2].width, 8);
	assert_int_equal(columns.column[3].width, 10);
	/* Then the last of the least important columns is left out. */
	assert_true(columns_fit(&columns, 49));
	assert_int_equal(columns.column[1].width, 10);
	assert_int_equal(columns.column[2].width, 19);
	assert_int_equal(columns.column[3].width, 0);
	/* The first column and columns of the usual rank are never left out. */
	assert_false(columns_fit(&columns, 1));
	assert_int_equal(columns.column[0].width, 16);
	assert_int_equal(columns.column[1].width, 0);
	assert_int_equal(columns.column[2].width, 8);
}

static char shown[1024];

static void show(void *arg, const char *data, size_t size)
{
	(void)arg;
	assert_true(strlen(shown) + size < sizeof(shown));
	strncat(shown, data, size);
}

/* Shows rows of a text, a text and a number on a screen. A row that is NULL releases the rows before
 * it. */
static void expect_page(unsigned int columns, unsigned int lines, const char *const (*row)[3],
			unsigned int nr, const char *expected)
{
	static const char *const names[] = { "one", "two", "three" };
	static struct writer writer;
	struct table table = { .screen = { .columns = columns, .lines = lines },
			       .writer = &writer };
	struct cells cells = { 0 };

	writer = (struct writer){ .fd = -1, .sink = show };
	*shown = 0;
	for (unsigned int i = 0; i < nr; i++) {
		if (!*row[i]) {
			table_release(&table);
			continue;
		}
		cells_empty(&cells);
		cells_begin(&cells, &(struct cell_section){ .kind = SECTION_ROW });
		for (unsigned int k = 0; k < 3; k++) {
			cells_add(&cells,
				  &(struct cell){ .name = names[k],
						  .kind = k == 2 ? CELL_COUNT : CELL_STRING });
			cells_put(&cells, row[i][k], strlen(row[i][k]));
		}
		if (!table_fits(&table, "rows", &cells))
			table_begin(&table, "rows", &cells);
		table_put_row(&table, &cells);
	}
	table_release(&table);
	cells_release(&cells);
	cells_release(&table.waiting);
	writer_flush(&writer);
	assert_string_equal(shown, expected);
}

/* A word that is too long for its column moves the columns after it to the right. A value for which
 * the line has no room is below. */
static void long_words_move_columns(void **state)
{
	static const char *const rows[][3] = {
		{ "aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb", "1234567" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb", "12" },
		{ "aaaaaaaaaaaaaaaaaaa", "bb", "1234567" },
		{ "aaaaaaaaaaaaaaaaaa", "bb bbbbbbbbbbbbbbbbbbb", "1" },
	};

	(void)state;
	expect_page(48, UINT_MAX, rows, 4,
		    "ONE                 TWO                    THREE\n"
		    "aaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbb\n"
		    "    1234567\n"
		    "aaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbb 12\n"
		    "aaaaaaaaaaaaaaaaaaa bb                   1234567\n"
		    "aaaaaaaaaaaaaaaaaa  bb                         1\n"
		    "                    bbbbbbbbbbbbbbbbbbb\n");
}

/* The widest value of a page determines the width of a column, and not a value of the next page. */
static void pages_have_widths_of_their_own(void **state)
{
	static const char *const rows[][3] = {
		{ "a", "b", "1" },
		{ "a", "b", "2" },
		{ "a", "b", "3" },
		{ "a", "bbbbbbbb", "4" },
	};

	(void)state;
	expect_page(40, 5, rows, 4,
		    "ONE     TWO      THREE\n"
		    "a       b            1\n"
		    "a       b            2\n"
		    "a       b            3\n"
		    "ONE     TWO        THREE\n"
		    "a       bbbbbbbb       4\n");
}

/* Further rows have a heading of their own if the width of a column differs, whichever it is. */
static void another_width_needs_a_heading(void **state)
{
	static const char *const rows[][3] = {
		{ "a", "b", "1" },	  { NULL }, { "a", "b", "2" },	      { NULL },
		{ "aaaaaaaa", "b", "3" }, { NULL }, { "a", "bbbbbbbb", "4" }, { NULL },
		{ "a", "b", "12345678" },
	};

	(void)state;
	expect_page(40, UINT_MAX, rows, sizeof(rows) / sizeof(rows[0]),
		    "ONE     TWO      THREE\n"
		    "a       b            1\n"
		    "a       b            2\n"
		    "ONE       TWO      THREE\n"
		    "aaaaaaaa  b            3\n"
		    "ONE       TWO        THREE\n"
		    "a         bbbbbbbb       4\n"
		    "ONE       TWO          THREE\n"
		    "a         b         12345678\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(width_is_that_of_the_locale),
		cmocka_unit_test(lines_end_between_words),
		cmocka_unit_test(columns_are_left_out_by_rank),
		cmocka_unit_test(long_words_move_columns),
		cmocka_unit_test(pages_have_widths_of_their_own),
		cmocka_unit_test(another_width_needs_a_heading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
