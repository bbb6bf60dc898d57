/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as JSON and CSV. jansson checks the JSON. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>

#include "output/output.h"
#include "made_output.h"

#include "unit.h"

static void complain(struct output *output, const char *command, const char *input,
		     const char *message)
{
	struct error err = { .code = ERROR_USAGE };

	snprintf(err.message, sizeof(err.message), "%s", message);
	output_error(output, &(struct output_complaint){
				     .command = command,
				     .input = input,
				     .err = &err,
				     .script = NULL,
				     .has_pid = input,
				     .pid = 1,
			     });
}

static void test_lines_json(void **state)
{
	struct output *output;
	int fd;

	(void)state;
	output = start(OUTPUT_JSON, &fd);
	output_set_most_lines(output, 1);
	for (unsigned int i = 0; i < 3; i++) {
		output_begin(output, "ptov", NULL, NULL);
		output_count(output, "n", i);
		output_end(output);
	}
	complain(output, "ptov", NULL, "too many");
	output_begin(output, "ptov", NULL, NULL);
	output_end(output);
	assert_true(output_overran(output));
	expect_text(output, fd,
		    "{\"command\":\"ptov\",\"status\":\"ok\",\"n\":0}\n"
		    "{\"command\":\"ptov\",\"status\":\"error\",\"message\":\"too many\","
		    "\"error\":\"usage\"}\n");
}

static const char *string_of(const json_t *answer, const char *key)
{
	const char *value = json_string_value(json_object_get(answer, key));

	assert_non_null(value);
	return value;
}

static void json_has_every_kind_of_field(void **state)
{
	int fd;
	struct output *output = start(true, &fd);
	json_t *answer;

	(void)state;
	output_begin(output, "vtop", "c1000000", "mapped");
	output_hex(output, "virtual", 0xc1000000);
	output_hex(output, "zero", 0);
	output_hex(output, "all", UINT64_MAX);
	output_integer(output, "page_size", 4096);
	output_integer(output, "least", INT64_MIN);
	output_integer(output, "most", INT64_MAX);
	output_boolean(output, "writable", true);
	output_boolean(output, "user", false);
	output_end(output);
	answer = parse_line(output, fd);
	assert_string_equal(string_of(answer, "command"), "vtop");
	assert_string_equal(string_of(answer, "input"), "c1000000");
	assert_string_equal(string_of(answer, "status"), "mapped");
	assert_string_equal(string_of(answer, "virtual"), "0xc1000000");
	assert_string_equal(string_of(answer, "zero"), "0x0");
	assert_string_equal(string_of(answer, "all"), "0xffffffffffffffff");
	assert_true(json_integer_value(json_object_get(answer, "page_size")) == 4096);
	assert_true(json_integer_value(json_object_get(answer, "least")) == INT64_MIN);
	assert_true(json_integer_value(json_object_get(answer, "most")) == INT64_MAX);
	assert_true(json_is_true(json_object_get(answer, "writable")));
	assert_true(json_is_false(json_object_get(answer, "user")));
	assert_int_equal(json_object_size(answer), 11);
	json_decref(answer);
}

static void json_nests(void **state)
{
	int fd;
	struct output *output = start(true, &fd);
	json_t *answer, *levels, *flags, *area;

	(void)state;
	put_levels(output);
	answer = parse_line(output, fd);
	assert_null(json_object_get(answer, "input"));
	levels = json_object_get(answer, "levels");
	assert_int_equal(json_array_size(levels), 2);
	flags = json_object_get(json_array_get(levels, 1), "flags");
	assert_int_equal(json_array_size(flags), 2);
	assert_string_equal(json_string_value(json_array_get(flags, 1)), "RW");
	assert_int_equal(json_array_size(json_object_get(answer, "none")), 0);
	assert_int_equal(json_array_size(json_object_get(answer, "values")), 2);
	area = json_object_get(answer, "area");
	assert_string_equal(string_of(area, "kind"), "vmap");
	assert_int_equal(json_array_size(json_object_get(area, "flags")), 1);
	assert_int_equal(json_object_size(area), 3);
	assert_string_equal(string_of(answer, "last"), "0x9");
	json_decref(answer);
}

/* bytes: the bytes of a string; expected: the string that a reader of the JSON must get. */
static void check_string(const char *bytes, const char *expected)
{
	int fd;
	struct output *output = start(true, &fd);
	json_t *answer;

	output_begin(output, "sym", bytes, NULL);
	output_string(output, "name", bytes);
	output_end(output);
	answer = parse_line(output, fd);
	assert_string_equal(string_of(answer, "name"), expected);
	assert_string_equal(string_of(answer, "input"), expected);
	json_decref(answer);
}

#define BAD "\xef\xbf\xbd"

static void json_strings_survive_any_bytes(void **state)
{
	// clang-format off
	static const char *const cases[][2] = {
		{ "", "" },
		{ "a\"b\\c/d", "a\"b\\c/d" },
		{ "\n\r\t\b\f\x01\x1f\x7f", "\n\r\t\b\f\x01\x1f\x7f" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\xee\x80\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf", "\xee\x80\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf" },
		{ "a\xff" "b", "a" BAD "b" },
		{ "\x80\xbf", BAD BAD },
		{ "\xc3", BAD },                            /* cut */
		{ "\xe2\x82", BAD BAD },
		{ "\xf0\x9f\x98", BAD BAD BAD },
		{ "\xe2\x82(", BAD BAD "(" },
		{ "\xc0\x80\xc1\xbf", BAD BAD BAD BAD },    /* overlong */
		{ "\xe0\x9f\xbf", BAD BAD BAD },
		{ "\xf0\x8f\xbf\xbf", BAD BAD BAD BAD },
		{ "\xed\xa0\x80", BAD BAD BAD },            /* surrogate */
		{ "\xf4\x90\x80\x80", BAD BAD BAD BAD },    /* beyond U+10FFFF */
		{ "\xf5\x80", BAD BAD },
		{ "\xc3\"", BAD "\"" },
	};
	// clang-format on

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_string(cases[i][0], cases[i][1]);
}

static void json_takes_every_byte(void **state)
{
	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		char text[4] = { 'a', byte, 'b', '\0' };
		char plain[4] = { 'a', byte, 'b', '\0' };

		check_string(text, byte < 0x80 ? plain : "a" BAD "b");
	}
}

/* Checks the line and not the result of a parser. */
static void json_steers_nothing(void **state)
{
	int fd;
	struct output *output = start(true, &fd);

	(void)state;
	output_begin(output, "sym", "\x7f\xc2\x80\xc2\x9f\xc2\xa0", NULL);
	output_string(output, "name",
		      "\xd8\x9c\xe2\x80\x8e\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6\x9b\n\x1b");
	output_end(output);
	expect_text(output, fd,
		    "{\"command\":\"sym\",\"input\":\"\\u007f\\u0080\\u009f\xc2\xa0\","
		    "\"status\":\"ok\",\"name\":\"\\u061c\\u200e\\u2028\\u202e\\u2066" BAD
		    "\\n\\u001b\"}\n");
}

static void json_longer_than_the_buffer(void **state)
{
	enum { NR_ANSWERS = 3000 };
	int fd, nr_lines = 0;
	struct output *output = start(true, &fd);
	char *long_name = malloc(200001), *text;

	(void)state;
	assert_non_null(long_name);
	memset(long_name, 'x', 200000);
	long_name[200000] = '\0';
	for (int i = 0; i < NR_ANSWERS; i++) {
		output_begin(output, "sym", "name", NULL);
		output_string(output, "name", i == NR_ANSWERS / 2 ? long_name : "a\"b");
		output_end(output);
	}
	text = finish(output, fd);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		json_t *answer = json_loads(line, 0, NULL);

		assert_non_null(answer);
		json_decref(answer);
		nr_lines++;
	}
	assert_int_equal(nr_lines, NR_ANSWERS);
	free(text);
	free(long_name);
}

static void errors_are_json_only(void **state)
{
	int fd;
	struct output *output = start(true, &fd);
	json_t *answer;

	(void)state;
	complain(output, "vtop", "zz", "not a \"number\"");
	answer = parse_line(output, fd);
	assert_string_equal(string_of(answer, "status"), "error");
	assert_string_equal(string_of(answer, "input"), "zz");
	assert_string_equal(string_of(answer, "message"), "not a \"number\"");
	assert_string_equal(string_of(answer, "error"), "usage");
	assert_int_equal(json_integer_value(json_object_get(answer, "pid")), 1);
	json_decref(answer);
	output = start(false, &fd);
	complain(output, "vtop", "zz", "no");
	expect_text(output, fd, "");
}

static void each_error_has_its_kind(void **state)
{
	static const char *const kinds[] = { "usage",	"system",    "format",	   "unreadable",
					     "unknown", "no-answer", "interrupted" };

	(void)state;
	for (enum error_code code = ERROR_NONE + 1; code < NR_ERROR_CODES; code++) {
		const struct error err = { .code = code, .message = "x" };
		int fd;
		struct output *output = start(true, &fd);
		json_t *answer;

		output_begin(output, "rd", "0", "error");
		output_trouble(output, &err);
		output_end(output);
		answer = parse_line(output, fd);
		assert_string_equal(string_of(answer, "message"), "x");
		assert_string_equal(string_of(answer, "error"), kinds[code - 1]);
		json_decref(answer);
	}
}

static void add_csv_row(struct output *output, const char *name)
{
	output_begin(output, "list", NULL, NULL);
	output_string(output, "name", name);
	output_hex(output, "at", 0x1f);
	output_list_begin(output, "flags");
	output_string(output, NULL, "a");
	output_hex(output, NULL, 2);
	output_list_end(output);
	output_list_begin(output, "objects");
	output_object_begin(output, NULL);
	output_hex(output, "x", 1);
	output_list_begin(output, "names");
	output_string(output, NULL, "q\"");
	output_string(output, NULL, "r;=1");
	output_list_end(output);
	output_object_end(output);
	output_object_begin(output, NULL);
	output_count(output, "x", 2);
	output_object_end(output);
	output_list_end(output);
	output_list_begin(output, "none");
	output_list_end(output);
	output_object_begin(output, "one");
	output_boolean(output, "yes", true);
	output_object_end(output);
	output_end(output);
}

static void csv_is_quoted_and_clean(void **state)
{
	int fd;
	struct output *output = start(OUTPUT_CSV, &fd);

	(void)state;
	add_csv_row(output, "a,b");
	add_csv_row(output, "\"\n\x1b\xff");
	add_csv_row(output, "=1");
	add_csv_row(output, "-EINVAL");
	add_csv_row(output, "-1+1");
	expect_text(output, fd,
		    "command,status,name,at,flags,objects,none,one\n"
#define REST                                                                                       \
	",0x1f,a|0x2,\"[{\"\"x\"\":\"\"0x1\"\",\"\"names\"\":[\"\"q\\\"\"\"\""                     \
	",\"\"r;'=1\"\"]},{\"\"x\"\":2}]\",,\"{\"\"yes\"\":true}\"\n"
		    "list,ok,\"a,b\"" REST "list,ok,\"\"\"\n\?\?\"" REST "list,ok,'=1" REST
		    "list,ok,'-EINVAL" REST "list,ok,'-1+1" REST);
#undef REST
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_quoted_and_clean),
		cmocka_unit_test(test_lines_json),
		cmocka_unit_test(json_has_every_kind_of_field),
		cmocka_unit_test(json_nests),
		cmocka_unit_test(json_strings_survive_any_bytes),
		cmocka_unit_test(json_takes_every_byte),
		cmocka_unit_test(json_steers_nothing),
		cmocka_unit_test(json_longer_than_the_buffer),
		cmocka_unit_test(errors_are_json_only),
		cmocka_unit_test(each_error_has_its_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
