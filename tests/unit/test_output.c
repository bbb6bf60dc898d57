/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as text. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>

#include "output/output.h"
#include "output/row.h"
#include "made_output.h"

#include "unit.h"

static const struct field line_below[] = { LINE("under"), { 0 } };
static const struct record with_line = { .fields = line_below };

/* Lines of all kinds count. The limit applies to the lines after each restart. */
static void test_lines(void **state)
{
	struct output *output;
	int fd;

	(void)state;
	output = start(OUTPUT_TEXT, &fd);
	output_set_most_lines(output, 3);
	output_text(output, "one\ntwo\n");
	output_textf(output, "%d\n", 3);
	assert_false(output_overran(output));
	output_flush(output);
	assert_false(output_overran(output));
	output_text(output, "4");
	assert_true(output_overran(output));
	output_flush(output);
	assert_true(output_overran(output));
	output_text_line(output, "5", 1);
	output_restart_lines(output);
	assert_false(output_overran(output));
	output_declare(output, &with_line);
	output_begin(output, "ptov", NULL, NULL);
	output_count(output, "rows", 1);
	output_remark(output, "under", "below", STYLE_PLAIN);
	output_end(output);
	assert_false(output_overran(output));
	output_begin(output, "ptov", NULL, NULL);
	output_count(output, "rows", 2);
	output_end(output);
	assert_true(output_overran(output));
	expect_text(output, fd, "one\ntwo\n3\n  ROWS\n     1\n  UNDER: below\n");
}

static void text_shows_lists_but_no_objects(void **state)
{
	int fd;
	struct output *output = start(false, &fd);

	(void)state;
	put_levels(output);
	expect_text(output, fd,
		    "VIRTUAL           NONE    VALUES  LAST\n"
		    "1000              -       1|2     9\n");
}

static void put_mapping(struct output *output, int64_t pid, const char *note)
{
	output_object_begin(output, NULL);
	output_hex(output, "virtual", 0x1000 * pid);
	output_integer(output, "pid", pid);
	output_string(output, "remark", note);
	output_object_end(output);
}

static const struct field repeated_mapping[] = { COLUMN("remark", .heading = "note"), { 0 } };
static const struct field repeated_fields[] = { COLUMN("physical", .kind = KIND_PHYSICAL),
						COLUMN("mappings", .fields = repeated_mapping),
						COLUMN("note", .heading = "note"),
						COLUMN("conflict", .heading = "note",
						       TEXT(.yes = "conflict")),
						COLUMN("use"),
						{ 0 } };
static const struct record repeated_record = { .fields = repeated_fields };

static void text_repeats_a_row_for_each_object_of_a_column(void **state)
{
	int fd;
	struct output *output = start(OUTPUT_TEXT, &fd);

	(void)state;
	output_set_address_width(output, 8);
	output_declare(output, &repeated_record);
	for (int nr = 2; nr >= 0; nr -= 2) {
		output_begin(output, "ptov", NULL, NULL);
		output_hex(output, "physical", 0x5000);
		output_remark(output, "note", nr ? "" : "none", STYLE_PLAIN);
		output_boolean(output, "conflict", nr);
		output_list_begin(output, "mappings");
		if (nr)
			put_mapping(output, 1, NULL);
		if (nr)
			put_mapping(output, 2, "no access");
		output_list_end(output);
		output_string(output, "use", "slab");
		output_end(output);
	}
	expect_text(output, fd,
		    "PHYSICAL   VIRTUAL      PID  NOTE    USE\n"
		    "5000       1000           1  conflict slab\n"
		    "5000       2000           2  conflict, no access slab\n"
		    "5000       -              -  none    slab\n");
}

static const struct field fixed_fields[] = {
	COLUMN("virtual", .heading = "start"),
	COLUMN("page_size", .heading = "size", .kind = KIND_PAGE_SIZE),
	COLUMN("writable", .heading = "rights", TEXT(.yes = "w", .no = "-", .join = "")),
	COLUMN("user", .heading = "rights", TEXT(.yes = "u", .no = "k", .join = "")),
	{ 0 }
};
static const struct record fixed_record = { .fields = fixed_fields, .fixed = true };

static void text_has_all_columns_of_a_fixed_table(void **state)
{
	int fd;
	struct output *output = start(OUTPUT_TEXT, &fd);

	(void)state;
	output_set_address_width(output, 8);
	output_declare(output, &fixed_record);
	for (int i = 0; i < 2; i++) {
		output_begin(output, "pagemap", NULL, NULL);
		if (i) {
			output_boolean(output, "user", true);
			output_boolean(output, "writable", true);
			output_count(output, "page_size", 2 << 20);
		}
		output_hex(output, "virtual", 0x1000);
		output_end(output);
	}
	expect_text(output, fd,
		    "START       SIZE  RIGHTS\n"
		    "1000           -  -\n"
		    "1000          2M  uw\n");
}

static void put_cpu(struct output *output, int64_t id, bool hidden)
{
	output_object_begin(output, NULL);
	output_integer(output, "vcpu", id);
	output_string(output, "paging", "npt");
	output_object_begin(output, "registers");
	for (char name = 'a'; name < 'c' && !hidden; name++)
		output_hex(output, name == 'a' ? "rax" : "r10", name);
	output_object_end(output);
	output_boolean(output, "hidden", hidden);
	output_object_end(output);
}

static const struct field guest_cpu[] = { LINE("vcpu"),
					  LINE("paging", .heading = "vcpu"),
					  LINE("registers", .heading = "", .pairs = 3),
					  LINE("hidden", .heading = "",
					       TEXT(.yes = "registers are hidden")),
					  { 0 } };
static const struct field guest_fields[] = { LINE("cpus", .fields = guest_cpu), { 0 } };
static const struct record guest_record = { .fields = guest_fields };

static void text_shows_objects_as_lines(void **state)
{
	int fd;
	struct output *output = start(OUTPUT_TEXT, &fd);

	(void)state;
	output_declare(output, &guest_record);
	output_begin(output, "guests", NULL, NULL);
	output_string(output, "comm", "qemu");
	output_list_begin(output, "cpus");
	put_cpu(output, 0, false);
	put_cpu(output, 1, true);
	output_list_end(output);
	output_end(output);
	expect_text(output, fd,
		    "COMM\n"
		    "qemu\n"
		    "  VCPU: 0, npt\n"
		    "  rax 0000000000000061, r10 0000000000000062\n"
		    "  VCPU: 1, npt\n"
		    "  registers are hidden\n");
}

static void put_task(struct output *output, int64_t pid, uint64_t mm)
{
	output_begin(output, "tasks", NULL, NULL);
	output_integer(output, "pid", pid);
	output_string(output, "comm", pid == 2 ? "kthreadd" : "init");
	if (mm)
		output_hex(output, "mm", mm);
	output_boolean(output, "user", mm);
	output_end(output);
}

static void text_has_one_heading_a_table(void **state)
{
	int fd;
	struct output *output = start(false, &fd);

	(void)state;
	output_set_address_width(output, 8);
	put_task(output, 1, 0xc1234000);
	put_task(output, 2, 0);
	put_task(output, 31, 0xc1235000);
	expect_text(output, fd,
		    "   PID  COMM             MM        USER\n"
		    "     1  init             c1234000  yes\n"
		    "     2  kthreadd         -         no\n"
		    "    31  init             c1235000  yes\n");
}

static void text_writes_the_heading_again_when_fields_change(void **state)
{
	int fd;
	struct output *output = start(false, &fd);

	(void)state;
	output_set_address_width(output, 8);
	put_task(output, 2, 0);
	put_task(output, 1, 0xc1234000);
	output_text(output, "x\n");
	put_task(output, 2, 0);
	expect_text(output, fd,
		    "   PID  COMM             USER\n"
		    "     2  kthreadd         no\n"
		    "   PID  COMM             MM        USER\n"
		    "     1  init             c1234000  yes\n"
		    "x\n"
		    "   PID  COMM             USER\n"
		    "     2  kthreadd         no\n");
}

static const struct field part_rows[] = {
	COLUMN("cpu"),
	COLUMN("symbol", .heading = "where"),
	COLUMN("region", .heading = "where"),
	{ 0 },
};

static const struct field rest_rows[] = {
	LINE("free", .heading = "memory", TEXT(.before = "free ")),
	{ 0 },
};

static const struct field labelled_rows[] = {
	LINE("dump"),
	LINE("memory", .kind = KIND_BYTES),
	LINE("registers", .heading = "", .pairs = 2, .width = 4),
	LINE("callers", .heading = "", TEXT(.before = "by ")),
	LINE("parts", .heading = "", .fields = part_rows),
	COLUMN("rest", .fields = rest_rows),
	{ 0 },
};

static const struct record labelled_record = {
	.labelled = true,
	.fields = labelled_rows,
};

/* An answer that consists of lines. Fields that are not in the table are not shown. */
static void text_has_lines_behind_labels(void **state)
{
	struct output *output;
	int fd;

	(void)state;
	output = start(OUTPUT_TEXT, &fd);
	output_declare(output, &labelled_record);
	output_begin(output, "triage", NULL, NULL);
	output_string(output, "dump", "core");
	output_string(output, "comm", "hidden");
	output_list_begin(output, "facts");
	output_list_end(output);
	output_count(output, "memory", 2048);
	output_object_begin(output, "registers");
	output_hex(output, "ip", 0x10);
	output_hex(output, "flag", 2);
	output_hex(output, "sp", 3);
	output_object_end(output);
	output_list_begin(output, "callers");
	output_string(output, NULL, "one");
	output_string(output, NULL, "two");
	output_list_end(output);
	output_list_begin(output, "parts");
	output_object_begin(output, NULL);
	output_string(output, "symbol", "schedule");
	output_string(output, "region", "image");
	output_count(output, "cpu", 1);
	output_hex(output, "task", 1);
	output_object_end(output);
	output_list_end(output);
	output_list_begin(output, "callers");
	output_list_end(output);
	output_object_begin(output, "rest");
	output_count(output, "free", 7);
	output_object_end(output);
	output_end(output);
	expect_text(output, fd,
		    "DUMP    core\n"
		    "MEMORY  2 KiB, free 7\n"
		    "  ip   0000000000000010, flag 0000000000000002\n"
		    "  sp   0000000000000003\n"
		    "  by one\n"
		    "  by two\n"
		    "  CPU  WHERE\n"
		    "    1  schedule, image\n");
}

static void put_ptov(struct output *output, const char *status, const char *message)
{
	output_begin(output, "ptov", "1000", status);
	output_hex(output, "physical", 0x1000);
	output_hex(output, "page_offset", 0x1000);
	if (message)
		output_string(output, "message", message);
	output_end(output);
}

static void text_shows_a_status_that_is_not_ok(void **state)
{
	int fd;
	struct output *output = start(false, &fd);

	(void)state;
	put_ptov(output, NULL, NULL);
	put_ptov(output, "no-direct-mapping", "high\x1b[31m memory");
	put_ptov(output, NULL, NULL);
	expect_text(output, fd,
		    "PHYSICAL      PAGE OFFSET\n"
		    "1000          1000\n"
		    "STATUS             PHYSICAL      PAGE OFFSET       MESSAGE\n"
		    "no-direct-mapping  1000          1000              high?[31m memory\n"
		    "ok                 1000          1000              -\n");
}

static void free_text_is_for_people(void **state)
{
	int fd;
	struct output *output = start(true, &fd);

	(void)state;
	output_text(output, "a");
	output_textf(output, "%d", 1);
	expect_text(output, fd, "");
	output = start(false, &fd);
	output_text(output, "a\nbc");
	output_textf(output, "%s|%600d\n", "x", 7);
	output_text(output, "z");
	{
		char *text = finish(output, fd);
		const char start_of_text[] = "a\nbcx|  ";

		assert_memory_equal(text, start_of_text, sizeof(start_of_text) - 1);
		assert_string_equal(text + strlen(text) - 5, "  7\nz");
		free(text);
	}
}

#define HOSTILE                                                                                    \
	"a\n\x1b\x9b\xc2\x9b\xe2\x80\xae"                                                          \
	"b"

static void text_steers_nothing(void **state)
{
	int fd;
	struct output *output = start(false, &fd);
	struct row row = { .used = 0 };

	(void)state;
	output_declare(output, &with_line);
	output_begin(output, "tasks", NULL, NULL);
	output_string(output, "comm", HOSTILE);
	output_hex(output, "task", 1);
	output_remarkf(output, "under", "%s", HOSTILE);
	output_remarkf(output, "under", "and %s", HOSTILE);
	output_end(output);
	output_textf(output, "%s", "x\n");
	output_textf(output, "%s\n", HOSTILE);
	output_textf(output, "\n");
	row_cell(&row, "\xc3\xbc\n", 4);
	row_text(&row, "|");
	row_end(&row, output);
	for (int i = 0; i < 100; i++) /* more text than a row has room for */
		row_text(&row, "0123456789");
	row_end(&row, output);
	{
		char *text = finish(output, fd), *at;

		at = strstr(text, "\xc3\xbc?  |\n0123");
		assert_non_null(at);
		assert_int_equal(strlen(at), 7 + 512 + 1);
		assert_int_equal(at[strlen(at) - 1], '\n');
		*at = '\0';
		assert_string_equal(text, "COMM             TASK\n"
					  "a?????b          1\n"
					  "  UNDER: a?????b, and a?????b\n"
					  "x?a?????b\n"
					  "\n");
		free(text);
	}
}

/* Long text is written in pieces, and no character is divided. */
static void long_text_stays_whole(void **state)
{
	enum { SIZE = 3 * 50000 };
	int fd;
	struct output *output = start(false, &fd);
	char *euros = malloc(SIZE + 1), *text;

	(void)state;
	assert_non_null(euros);
	for (size_t i = 0; i < SIZE; i += 3)
		memcpy(euros + i, "\xe2\x82\xac", 3);
	euros[SIZE] = '\0';
	output_textf(output, "%s\n", euros);
	text = finish(output, fd);
	assert_int_equal(strlen(text), SIZE + 1);
	assert_memory_equal(text, euros, SIZE);
	free(text);
	free(euros);
}

static void write_errors_are_kept(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), good;
	struct output *output = output_create(fd, true), *other;
	const struct output_complaint complaint = {
		.command = "vtop",
		.input = NULL,
		.err = &(struct error){ ERROR_FORMAT, "x" },
		.script = NULL,
		.has_pid = false,
		.pid = 0,
	};

	(void)state;
	assert_non_null(output);
	output_error(output, &complaint);
	assert_int_equal(output_failed(output), 0);
	output_flush(output);
	assert_int_equal(output_failed(output), ENOSPC);
	for (int i = 0; i < 10000; i++)
		output_error(output, &complaint);
	other = start(true, &good);
	output_destroy(other);
	assert_int_equal(output_redirect(output, good), fd);
	assert_int_equal(output_failed(output), 0);
	output_error(output, &complaint);
	close(fd);
	json_decref(parse_line(output, good));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(text_shows_lists_but_no_objects),
		cmocka_unit_test(text_repeats_a_row_for_each_object_of_a_column),
		cmocka_unit_test(text_has_all_columns_of_a_fixed_table),
		cmocka_unit_test(text_shows_objects_as_lines),
		cmocka_unit_test(text_has_one_heading_a_table),
		cmocka_unit_test(text_writes_the_heading_again_when_fields_change),
		cmocka_unit_test(text_has_lines_behind_labels),
		cmocka_unit_test(text_shows_a_status_that_is_not_ok),
		cmocka_unit_test(free_text_is_for_people),
		cmocka_unit_test(text_steers_nothing),
		cmocka_unit_test(long_text_stays_whole),
		cmocka_unit_test(write_errors_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
