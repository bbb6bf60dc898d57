/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cleaning of text before it is written to a terminal. */
#include <stdint.h>
#include <string.h>

#include "unit.h"

#include "base/printable.h"

static void expect_clean(const char *bytes, size_t size, const char *expected)
{
	char text[128];

	assert_true(size <= sizeof(text));
	memcpy(text, bytes, size);
	assert_int_equal(printable_clean(text, size), strlen(expected));
	assert_memory_equal(text, expected, strlen(expected));
	/* Clean text is not changed. */
	assert_int_equal(printable_clean(text, strlen(expected)), strlen(expected));
	assert_memory_equal(text, expected, strlen(expected));
}

static void characters_that_steer_are_replaced(void **state)
{
	// clang-format off
	static const char *const cases[][2] = {
		{ "", "" },
		{ "plain text, ~ too", "plain text, ~ too" },
		{ "a\nb\rc\td", "a?b?c?d" },
		{ "\x1b[2J\x1b]0;title\x07", "?[2J?]0;title?" },
		{ "\x7f", "?" },
		{ "\x9b" "2J", "?2J" },                        /* C1 as bytes */
		{ "\x80\x9f", "??" },
		{ "\xc2\x80\xc2\x9b\xc2\x9f", "???" },         /* C1 as characters */
		{ "\xc2\xa0\xc3\xbc", "\xc2\xa0\xc3\xbc" },
		{ "\xe2\x80\xaa\xe2\x80\xae", "??" },          /* U+202A, U+202E */
		{ "\xe2\x81\xa6\xe2\x81\xa9", "??" },          /* U+2066, U+2069 */
		{ "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", "???" }, /* U+200E, U+200F, U+061C */
		{ "\xe2\x80\xa8\xe2\x80\xa9", "??" },          /* U+2028, U+2029 */
		{ "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5", "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5" },
		{ "\xc0\x8a\xc1\xbf", "????" },                /* overlong */
		{ "\xe0\x82\x9b\xf0\x80\x82\x9b", "???????" },
		{ "\xed\xa0\x80\xed\xbf\xbf", "??????" },      /* surrogates */
		{ "\xf4\x90\x80\x80", "????" },                /* beyond U+10FFFF */
		{ "\xf8\x88\x80\x80\x80", "?????" },
		{ "\xff\xfe", "??" },
		{ "\xc3(\xc3", "?(?" },                        /* cut */
		{ "\xe2\x82", "??" },
		{ "\xf0\x9f\x98", "???" },
		{ "\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "longer than one word \x1b and \xc2\x9b more of it \n", "longer than one word ? and ? more of it ?" },
	};
	// clang-format on

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_clean(cases[i][0], strlen(cases[i][0]), cases[i][1]);
	expect_clean("a\0b", 3, "a?b");
}

/* The byte may be anywhere in a machine word. */
static void each_byte_at_each_place(void **state)
{
	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		for (size_t at = 0; at < 17; at++) {
			char text[18] = "abcdefghijklmnopq", expected[18];
			bool plain = byte >= 0x20 && byte < 0x7f;

			memcpy(expected, text, sizeof(text));
			text[at] = (char)byte;
			expected[at] = plain ? (char)byte : '?';
			expect_clean(text, 17, expected);
			assert_int_equal(printable_columns(text, 17), 17);
		}
	}
}

/* Texts of each size are tested in words, whose last word may overlap the word before it. */
static void each_byte_in_each_size(void **state)
{
	(void)state;
	assert_true(printable_is_plain("", 0));
	assert_true(printable_is_bare("", 0));
	for (int byte = 0; byte < 256; byte++)
		for (size_t size = 1; size < 20; size++)
			for (size_t at = 0; at < size; at++) {
				char text[] = "abcdefghijklmnopqrst";
				bool plain = byte >= 0x20 && byte < 0x7f;

				text[at] = (char)byte;
				assert_int_equal(printable_is_plain(text, size), plain);
				assert_int_equal(printable_is_bare(text, size),
						 plain && byte != '"' && byte != '\\');
			}
}

static void each_character(void **state)
{
	(void)state;
	for (uint32_t code = 0x80; code < 0x800; code++) {
		char text[3] = { (char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f)), '\0' };
		uint32_t read;

		assert_int_equal(utf8_length(text, 2, &read), 2);
		assert_int_equal(read, code);
		assert_int_equal(utf8_length(text, 1, &read), 0);
		expect_clean(text, 2, code < 0xa0 || code == 0x61c ? "?" : text);
	}
	for (uint32_t code = 0x2000; code < 0x2100; code++) {
		bool steers = code == 0x200e || code == 0x200f ||
			      (code >= 0x2028 && code <= 0x202e) ||
			      (code >= 0x2066 && code <= 0x2069);

		assert_int_equal(printable_steers(code), steers);
	}
}

static void columns_are_those_shown(void **state)
{
	(void)state;
	assert_int_equal(printable_columns("", 0), 0);
	assert_int_equal(printable_columns("gr\xc3\xbc\xc3\x9f", 6), 4);
	assert_int_equal(printable_columns("e\xcc\x81", 3), 1);
	assert_int_equal(printable_columns("\xe4\xb8\xad", 3), 2);
	assert_int_equal(printable_columns("\xf0\x9f\x98\x80", 4), 2);
	assert_int_equal(printable_columns("\x1b\xc2\x9b\xff", 4), 3);
}

static void names_mean_nothing_to_a_shell(void **state)
{
	// clang-format off
	static const char *const good[] = {
		"init_task", "foo.isra.0", "x$y", "__this_module@fs", "ext4:init",
		"runqueues:0", "a-b", ".L1",
	};
	static const char *const bad[] = {
		"", "a;!touch x", "a b", "a|b", "a`b", "a#b", "a\nb", "a\x1b", "a'b",
		"a\"b", "a\\b", "a&b", "a+b", "a\xc3\xbc", "a/b", "a*b",
	};
	// clang-format on

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(printable_is_name(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(printable_is_name(bad[i]));
	assert_true(printable_is_path("~/a-b/c.txt"));
	assert_false(printable_is_path("a$b"));
	assert_false(printable_is_path("a;b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_that_steer_are_replaced),
		cmocka_unit_test(each_byte_at_each_place),
		cmocka_unit_test(each_byte_in_each_size),
		cmocka_unit_test(each_character),
		cmocka_unit_test(columns_are_those_shown),
		cmocka_unit_test(names_mean_nothing_to_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
