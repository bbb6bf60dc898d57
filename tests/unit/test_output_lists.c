/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists in text: tables below a row, and lists of words. */
#include "made_output.h"

static const struct field entry_fields[] = { COLUMN("name", .heading = "level"),
					     COLUMN("entry"),
					     COLUMN("also", .heading = "level"),
					     COLUMN("flags"),
					     { 0 } };
static const struct field walk_fields[] = { COLUMN("virtual"),
					    LINE("levels", .heading = "", .fields = entry_fields),
					    { 0 } };
static const struct record walk_record = { .fields = walk_fields, .fixed = true };

static void put_entry(struct output *output, const char *name, uint64_t entry, const char *also,
		      const char *const *flags, size_t nr)
{
	output_object_begin(output, NULL);
	output_string(output, "name", name);
	if (entry)
		output_hex(output, "entry", entry);
	output_string(output, "also", also);
	output_strings(output, "flags", flags, nr);
	output_object_end(output);
}

static const char *const usual[] = { "PRESENT", "RW" };

static void put_table(struct output *output, uint64_t entry, const char *also,
		      const char *const *flags, size_t nr)
{
	output_begin(output, "vtop", NULL, NULL);
	output_hex(output, "virtual", 0x1000);
	output_list_begin(output, "levels");
	put_entry(output, "pgd", 0x67, NULL, usual, 2);
	put_entry(output, "pte", entry, also, flags, nr);
	output_list_end(output);
	output_end(output);
}

/* A value may be missing, share a column with the value before it, or replace another value of its
 * column. */
static void tables_below_a_row_have_any_values(void **state)
{
	struct output *output;
	int fd;

	(void)state;
	output = start(OUTPUT_TEXT, &fd);
	output_declare(output, &walk_record);
	put_table(output, 0x8000067, NULL, usual, 1);
	put_table(output, 0, "large", usual, 0);
	put_table(output, 5, "x", usual, 2);
	expect_text(output, fd,
		    "VIRTUAL\n1000\n"
		    "  LEVEL  ENTRY    FLAGS\n"
		    "  pgd    67       PRESENT|RW\n"
		    "  pte    8000067  PRESENT\n"
		    "1000\n"
		    "  LEVEL       ENTRY  FLAGS\n"
		    "  pgd         67     PRESENT|RW\n"
		    "  pte, large  -      -\n"
		    "1000\n"
		    "  LEVEL  ENTRY  FLAGS\n"
		    "  pgd    67     PRESENT|RW\n"
		    "  x      5      PRESENT|RW\n");
}

static void put_pairs(struct output *output, const char *list)
{
	output_list_begin(output, list);
	output_object_begin(output, NULL);
	output_hex(output, "one", 0x123);
	output_hex(output, "two", 0x456);
	output_object_end(output);
	output_list_end(output);
}

/* Tables whose columns have the same names and widths may have different orders, or rows that lack
 * values. */
static void tables_below_a_row_look_alike(void **state)
{
	static const struct field fields[] = { COLUMN("one"), COLUMN("two"), { 0 } };
	static const struct field backward[] = { COLUMN("two"), COLUMN("one"), { 0 } };
	static const struct field lists[] = { COLUMN("virtual"),
					      LINE("first", .heading = "", .fields = fields),
					      LINE("second", .heading = "", .fields = backward),
					      { 0 } };
	static const struct record record = { .fields = lists, .fixed = true };
	struct output *output;
	int fd;

	(void)state;
	output = start(OUTPUT_TEXT, &fd);
	output_declare(output, &record);
	output_begin(output, "vtop", NULL, NULL);
	output_hex(output, "virtual", 0x1000);
	put_pairs(output, "first");
	put_pairs(output, "second");
	output_list_begin(output, "second");
	for (int i = 0; i < 2; i++) {
		output_object_begin(output, NULL);
		output_hex(output, i ? "one" : "two", 0x789);
		output_object_end(output);
	}
	output_list_end(output);
	output_end(output);
	expect_text(output, fd,
		    "VIRTUAL\n1000\n"
		    "  ONE  TWO\n"
		    "  123  456\n"
		    "  TWO  ONE\n"
		    "  456  123\n"
		    "  TWO  ONE\n"
		    "  789\n"
		    "  -    789\n");
}

/* The same words have another form in JSON, where some must be escaped. */
static void words_of_lists_have_the_form_of_the_output(void **state)
{
	static const char *const odd[] = { "a\"b", "\t" };
	struct output *output;
	int fd;

	(void)state;
	output = start(OUTPUT_TEXT, &fd);
	for (int i = 0; i < 4; i++) {
		output_set_format(output, i % 2 ? OUTPUT_JSON : OUTPUT_TEXT);
		output_begin(output, "pte", NULL, NULL);
		output_strings(output, "flags", usual, 2);
		output_strings(output, "odd", odd, 2);
		output_end(output);
	}
#define BOTH                                                                                       \
	"FLAGS   ODD\nPRESENT|RW a\"b|?\n{\"command\":\"pte\",\"status\":\"ok\","                  \
	"\"flags\":[\"PRESENT\",\"RW\"],\"odd\":[\"a\\\"b\",\"\\t\"]}\n"
	expect_text(output, fd, BOTH BOTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_below_a_row_have_any_values),
		cmocka_unit_test(tables_below_a_row_look_alike),
		cmocka_unit_test(words_of_lists_have_the_form_of_the_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
