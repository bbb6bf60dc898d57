/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups of fields that are kept and repeated, and layouts that are copied: answers are the same as
 * if each field were stated and laid out. */
#include <stdio.h>

#include "made_output.h"

static const struct field entry_fields[] = { COLUMN("name", .heading = "level"),
					     COLUMN("also", .heading = "level"),
					     COLUMN("entry"),
					     COLUMN("flags"),
					     COLUMN("last"),
					     { 0 } };
static const struct field other_fields[] = { COLUMN("flags", .heading = "bits"),
					     COLUMN("name", .heading = "other"),
					     { 0 } };
static const struct field fields[] = { COLUMN("virtual"),
				       COLUMN("status"),
				       COLUMN("early"),
				       COLUMN("middle"),
				       COLUMN("copies", .fields = entry_fields),
				       LINE("levels", .heading = "", .fields = entry_fields),
				       LINE("upper", .heading = "", .fields = entry_fields),
				       LINE("others", .heading = "", .fields = other_fields),
				       LINE("late", .heading = "access"),
				       LINE("user", .heading = "access"),
				       LINE("writable", .heading = "access",
					    TEXT(.yes = "writable", .no = "read-only")),
				       LINE("doubt"),
				       LINE("lower", .heading = "", .fields = entry_fields),
				       { 0 } };
static const struct record fixed = { .fields = fields, .fixed = true, .apart = true };

static const struct field row_fields[] = { COLUMN("virtual"),
					   COLUMN("user", .width = 9),
					   COLUMN("writable"),
					   LINE("late", .heading = "access"),
					   { 0 } };
static const struct record row = { .fields = row_fields };

/* The places of fields are not known. */
static const struct record bare = { .fields = (const struct field[]){ { 0 } } };

/* What the test states in each answer. */
struct stated {
	bool keeps; /* uses output_repeat() and output_keep() */
	unsigned int repeated; /* number of groups that were repeated */
	unsigned int nr; /* number of answers so far */
};

static bool begin_group(struct stated *stated, struct output *output, const uint64_t *key)
{
	bool found = stated->keeps && output_repeat(output, key);

	stated->repeated += found;
	return !found;
}

static void end_group(struct stated *stated, struct output *output, const uint64_t *key)
{
	if (stated->keeps)
		output_keep(output, key);
}

/* Adds the fields of an object: all, some or none, or too long ones to be kept. */
static void put_fields(struct output *output, uint64_t nr)
{
	static const char *const flags[] = { "PRESENT", "RW", "\xc2\xb5", "\"" };
	static char name[2000];

	if (nr == 0)
		return;
	memset(name, 0, sizeof(name));
	memset(name, 'n', nr < 20 ? nr % 5 : sizeof(name) - 1);
	output_string(output, "name", name);
	if (nr % 3 == 0)
		output_string(output, "also", "large");
	if (nr % 4)
		output_hex(output, "entry", nr);
	output_strings(output, "flags", flags, nr % 5);
}

static void put_entry(struct stated *stated, struct output *output, uint64_t nr)
{
	const uint64_t key[REPEAT_WORDS] = { nr, 1 };

	output_object_begin(output, NULL);
	if (begin_group(stated, output, key)) {
		put_fields(output, nr);
		end_group(stated, output, key);
	}
	if (nr % 2 == 0)
		output_hex(output, "last", nr);
	output_object_end(output);
}

/* Adds fields of the answer: none, some, or too many to be kept; in one line, in two lines, or also
 * in the row. */
static void put_rights(struct stated *stated, struct output *output, uint64_t nr)
{
	const uint64_t key[REPEAT_WORDS] = { 1000 + nr, 2 };

	if (!begin_group(stated, output, key))
		return;
	if (nr > 1)
		output_boolean_styled(output, "writable", nr % 2, STYLE_CAUTION);
	if (nr)
		output_string(output, "user", "a\tb");
	if (nr == 3)
		output_string(output, "doubt", "too");
	if (nr == 5)
		output_hex(output, "middle", 5);
	for (unsigned int i = 6; i < nr; i++)
		output_hex(output, "late", i);
	end_group(stated, output, key);
}

/* Adds a list, which text cannot keep. */
static void put_list(struct stated *stated, struct output *output, uint64_t nr)
{
	const uint64_t key[REPEAT_WORDS] = { 2000 + nr, 3 };

	if (!begin_group(stated, output, key))
		return;
	output_list_begin(output, "upper");
	output_object_begin(output, NULL);
	put_fields(output, nr);
	output_object_end(output);
	output_list_end(output);
	end_group(stated, output, key);
}

/* Adds an answer, which often repeats the groups of the answers before it. */
static void put_answer(struct stated *stated, struct output *output)
{
	static const char *const lists[] = { "levels", "others", "copies" };
	uint64_t nr = stated->nr++, group = nr / 7;

	output_begin(output, "vtop", NULL, NULL);
	output_hex(output, "virtual", nr);
	if (nr % 7 == 0)
		output_string(output, "late", "first");
	put_rights(stated, output, group % 13);
	output_hex(output, "undeclared", nr);
	output_string(output, "early", "e");
	if (nr % 3)
		output_string(output, "late", "last");
	if (nr % 5 == 0)
		put_list(stated, output, group % 4);
	output_list_begin(output, lists[nr % 3]);
	for (uint64_t i = 0; i < 12; i++)
		put_entry(stated, output, (group * i) % 22);
	output_list_end(output);
	if (nr % 4 == 0)
		output_string(output, "doubt", "d");
	output_end(output);
}

/* Returns what is written. */
static char *write_answers(struct stated *stated, enum output_format format,
			   enum colour_wish colour)
{
	static const struct record *const records[] = { &fixed, &row, NULL, &bare };
	struct output *output;
	int fd;

	output = start(format, &fd);
	output_use_colour(output, colour);
	for (unsigned int i = 0; i < 2000; i++) {
		output_declare(output, records[i / 300 % 4]);
		put_answer(stated, output);
		if (i % 500 == 250)
			output_set_format(output, (i / 500 + format) % 3);
	}
	output_end_rows(output);
	return finish(output, fd);
}

static void repeated_fields_are_as_if_stated(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		struct stated stated = { .keeps = false }, kept = { .keeps = true };
		char *expected =
			write_answers(&stated, i / 2, i % 2 ? COLOUR_ALWAYS : COLOUR_NEVER);
		char *text = write_answers(&kept, i / 2, i % 2 ? COLOUR_ALWAYS : COLOUR_NEVER);

		assert_string_equal(text, expected);
		assert_in_range(kept.repeated, 4000, 20000);
		free(text);
		free(expected);
	}
}

/* Returns answers of which each has more objects than all before it. */
static char *write_growing(struct stated *stated)
{
	struct output *output;
	int fd;

	output = start(OUTPUT_TEXT, &fd);
	output_declare(output, &fixed);
	for (unsigned int i = 1; i < 100; i++) {
		output_begin(output, "vtop", NULL, NULL);
		output_list_begin(output, "levels");
		for (unsigned int j = 0; j < i; j++)
			put_entry(stated, output, 19);
		output_list_end(output);
		output_end(output);
	}
	return finish(output, fd);
}

static void repeated_fields_find_room(void **state)
{
	struct stated stated = { .keeps = false }, kept = { .keeps = true };
	char *expected = write_growing(&stated), *text = write_growing(&kept);

	(void)state;
	assert_string_equal(text, expected);
	free(text);
	free(expected);
}

static void put_pair(struct output *output, const uint64_t *key, bool again)
{
	output_begin(output, "vtop", NULL, NULL);
	output_hex(output, "virtual", 1);
	assert_int_equal(output_repeat(output, key), again);
	if (!again) {
		output_string(output, "user", "u");
		output_string(output, "unlisted", "x");
		output_keep(output, key);
	}
	output_end(output);
}

/* Like `fixed`, but without columns for fields that are not listed. */
static const struct record closed = { .fields = fields, .closed = true };

/* A group is found by its whole key, and not in another format or under another record. */
static void groups_have_keys(void **state)
{
	uint64_t key[REPEAT_WORDS] = { 5, 6, 7, 8 };
	struct output *output;
	int fd;

	(void)state;
	output = start(OUTPUT_JSON, &fd);
	output_declare(output, &fixed);
	put_pair(output, key, false);
	put_pair(output, key, true);
	for (unsigned int i = 0; i < REPEAT_WORDS; i++) {
		key[i] ^= 1;
		put_pair(output, key, false);
		put_pair(output, key, true);
	}
	output_set_format(output, OUTPUT_TEXT);
	put_pair(output, key, false);
	put_pair(output, key, false); /* a group with a field in the row is not kept */
	output_declare(output, &closed);
	put_pair(output, key, false);
	put_pair(output, key, true);
	output_declare(output, &fixed);
	put_pair(output, key, false);
	output_declare(output, &closed);
	put_pair(output, key, false);
	put_pair(output, key, true);
	output_set_address_width(output, 8);
	put_pair(output, key, false);
	free(finish(output, fd));
}

static const struct field fitted_fields[] = { COLUMN("virtual"),
					      COLUMN("entry", .width = FITTED),
					      COLUMN("user", .kind = KIND_NUMBER),
					      LINE("levels", .heading = "", .fields = entry_fields),
					      LINE("late", .heading = "access"),
					      LINE("doubt"),
					      { 0 } };
static const struct record fitted = { .fields = fitted_fields, .apart = true, .closed = true };
static const struct record loose = { .fields = fields, .apart = true };
static const struct record labelled = { .fields = fields, .apart = true, .labelled = true };

static unsigned int draw(uint32_t *seed, unsigned int nr)
{
	*seed = *seed * 1664525 + 1013904223; /* Numerical Recipes, ranqd1 */
	return (*seed >> 16) % nr;
}

static uint64_t draw_number(uint32_t *seed)
{
	return (uint64_t)(1 + draw(seed, 15)) << 4 * draw(seed, 2) | draw(seed, 2);
}

/* Adds an answer whose cells have few different names and sizes, but many different texts. */
static void put_laid_out(struct output *output, uint32_t *seed)
{
	static const char *const words[] = { "a", "b", "cd", "ef", "", "\t", "\xc2\xb5", "\xff" };
	static const char *const odd[] = { "odd", "far" };
	unsigned int nr_words = draw(seed, 8) ? 4 : 8;

	output_begin_styled(output, "vtop", NULL, draw(seed, 3) ? NULL : odd[draw(seed, 2)],
			    STYLE_FAULT);
	output_hex(output, "virtual", draw_number(seed));
	if (draw(seed, 3))
		output_string(output, "entry", words[draw(seed, nr_words)]);
	if (draw(seed, 2))
		output_count(output, "user", draw_number(seed));
	if (draw(seed, 2))
		output_string(output, "late", words[draw(seed, nr_words)]);
	output_list_begin(output, draw(seed, 2) ? "levels" : "lower");
	for (unsigned int i = draw(seed, 4) ? 1 : draw(seed, 14); i; i--) {
		output_object_begin(output, NULL);
		output_string(output, "name", words[draw(seed, nr_words)]);
		if (draw(seed, 5))
			output_hex(output, "entry", draw_number(seed));
		else
			output_count(output, "entry", draw_number(seed));
		output_object_end(output);
	}
	output_list_end(output);
	if (!draw(seed, 3))
		output_string(output, "late", words[draw(seed, nr_words)]);
	if (!draw(seed, 4))
		output_string(output, "doubt", words[draw(seed, nr_words)]);
	output_end(output);
}

/* Adds an answer that is larger than the buffer. */
static void put_large(struct output *output)
{
	static char text[1 << 17];

	memset(text, 't', sizeof(text) - 1);
	output_begin(output, "vtop", NULL, NULL);
	output_string(output, "late", text);
	output_end(output);
}

/* If most_lines is not 0, no layout is copied. */
static char *write_laid_out(uint64_t most_lines)
{
	static const struct record *const records[] = { &fixed, &fitted, &row, &labelled, &loose };
	struct output *output;
	uint32_t seed = 1;
	int fd;

	output = start(OUTPUT_TEXT, &fd);
	output_set_most_lines(output, most_lines);
	output_declare(output, &fixed);
	for (unsigned int i = 0; i < 4; i++)
		put_large(output);
	for (unsigned int i = 0; i < 40000; i++) {
		output_declare(output, records[i / 100 % 5]);
		output_set_address_width(output, i / 500 % 2 ? 8 : 16);
		if (i % 1000 == 0)
			output_text(output, "text\n");
		if (i % 5000 == 0)
			output_use_colour(output, i % 3 ? COLOUR_ALWAYS : COLOUR_NEVER);
		put_laid_out(output, &seed);
	}
	return finish(output, fd);
}

static void layouts_are_as_if_laid_out(void **state)
{
	char *expected = write_laid_out(UINT64_MAX), *text = write_laid_out(0);

	(void)state;
	assert_string_equal(text, expected);
	free(text);
	free(expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeated_fields_are_as_if_stated),
		cmocka_unit_test(repeated_fields_find_room),
		cmocka_unit_test(groups_have_keys),
		cmocka_unit_test(layouts_are_as_if_laid_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
