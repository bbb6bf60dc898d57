/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts, strings, runs of pages, and members of structs, read from virtual memory. */
#include "kernel/view.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "open/open.h"
#include "linux/task_members.h"
#include "made_kernel.h"
#include "placed.h"

#include "unit.h"

static void texts_of_memory(void **state)
{
	static const struct {
		uint64_t at;
		const char *bytes, *text;
		bool read;
	} rows[] = {
		{ 0x6000, "name", "name", true },
		{ 0x6000, "", "", true },
		{ 0x6000, "longer than that", "longer ", true },
		{ 0x6000, "seven77", "seven77", true },
		{ 0x6000, "a\x1f\x7f~ \n", "a??~ ?", true },
		{ 0xfffe, "xy", "xy", true }, /* memory ends after these bytes */
		{ 0x10000, NULL, "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		char text[8];

		start_x86_64(NOTE_6_1, 0);
		if (rows[i].bytes)
			memcpy(image.bytes + MEMORY + rows[i].at, rows[i].bytes,
			       strlen(rows[i].bytes));
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_read_text(kernel, 0xffffffff80000000 + rows[i].at, text,
						  sizeof(text)),
				 rows[i].read);
		assert_string_equal(text, rows[i].text);
		open_close(kernel);
	}
}

/* Memory ends within a page, at fffc. */
static void strings_at_the_end_of_memory(void **state)
{
	static const struct {
		uint64_t at;
		const char *bytes, *text;
		bool read;
	} rows[] = {
		{ 0xfff8, "abc", "abc", true },
		{ 0xfff8, "\x1f\xff\n", "\x1f\xff\n", true },
		{ 0xfff8, "abcd", "abcd", false },
		{ 0xfffb, "", "", true },
		{ 0xfffc, "", "", false },
		{ 0xeffc, "aa bb", "aa bb", true }, /* in two pages */
		{ 0xeffc, "longer than that", "longer ", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct error err = { .message = "" };
		char text[8];

		start_x86_64(NOTE_6_1, 0);
		image.headers[1].filesz = image.headers[1].memsz = 0xfffc;
		memcpy(image.bytes + MEMORY + rows[i].at, rows[i].bytes, strlen(rows[i].bytes) + 1);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_read_string(kernel, 0xffffffff80000000 + rows[i].at, text,
						    sizeof(text), &err),
				 rows[i].read);
		assert_string_equal(text, rows[i].text);
		if (!rows[i].read)
			assert_non_null(strstr(err.message, "ffffffff8000fffc"));
		open_close(kernel);
	}
}

/* kernel_read() remembers pages. Pages 0 to 9 are in the frames f000, e000..., so a read across the
 * end of a page has bytes of two frames. Memory ends at fffc. */
static void reads_of_many_pages(void **state)
{
	enum { PAGES = 10 };
	struct kernel *kernel;
	struct error err;
	uint64_t value;

	(void)state;
	start_user_table(NOTE_6_1, 0);
	for (uint64_t i = 0; i < PAGES; i++) {
		put64(0x4000 + 8 * i, (0xf000 - 0x1000 * i) | P | RW | US);
		if (i != 7 && i != 6) /* 8000 and 9000 are tables */
			put64(0xf000 - 0x1000 * i + 0x800, i);
	}
	put(0xeffc, 0x11223344, 4);
	put(0xd000, 0x55667788, 4);
	image.headers[1].filesz = image.headers[1].memsz = 0xfffc;
	kernel = memory_open(NULL, NULL);
	for (uint64_t i = 0; i < 3 * PAGES; i++) {
		uint64_t page = i * 7 % PAGES;

		if (page == 6 || page == 7)
			continue;
		assert_true(kernel_read_number(kernel, page << 12 | 0x800, 8, &value, &err));
		assert_int_equal(value, page);
		assert_true(kernel_read_number(kernel, page << 12 | 0x7f8, 8, &value, &err));
		assert_int_equal(value, 0);
	}
	assert_true(kernel_read_number(kernel, 0x1ffc, 8, &value, &err));
	assert_int_equal(value, 0x5566778811223344);
	assert_false(kernel_read_number(kernel, 0xff8, 8, &value, &err));
	assert_non_null(strstr(err.message, "fff"));
	assert_true(kernel_read_number(kernel, 0xff8, 4, &value, &err));
	open_close(kernel);
}

/* Memory begins within page a000, which was read before. */
static void reads_before_the_start_of_memory(void **state)
{
	struct kernel *kernel;
	struct error err = { .message = "" };
	uint64_t value;

	(void)state;
	start_user_table(NOTE_6_1, 0);
	put64(0x4000 + 8 * 10, P | RW | US);
	put64(0x800, 5);
	image.headers[1].offset += 0x800;
	image.headers[1].paddr = 0x800;
	image.headers[1].filesz = image.headers[1].memsz = 0xf800;
	kernel = memory_open(NULL, NULL);
	/* The first read of all finds the page table, and does not remember the page. */
	for (int i = 0; i < 2; i++) {
		assert_true(kernel_read_number(kernel, 0xa800, 8, &value, &err));
		assert_int_equal(value, 5);
	}
	assert_false(kernel_read_number(kernel, 0xa7f8, 8, &value, &err));
	assert_non_null(strstr(err.message, "a7f8"));
	open_close(kernel);
}

/* Pages 0 to 3 are in the frames f000, e000, c000 and d000, and page 4 is not mapped. So only
 * pages 2 and 3 are contiguous in the dump. */
static void views_of_pages(void **state)
{
	static const struct {
		uint64_t vaddr, size;
		bool borrowed;
		enum error_code code; /* ERROR_NONE: the view can be opened */
	} rows[] = {
		{ 0x123, 1, true, ERROR_NONE },
		{ 0x123, 0, false, ERROR_FORMAT },
		{ 0, 0x1000, true, ERROR_NONE },
		{ 0, 0x1001, false, ERROR_NONE },
		{ 0xfff, 2, false, ERROR_NONE },
		{ 0x123, 0x3456, false, ERROR_NONE },
		{ 0x2000, 0x2000, true, ERROR_NONE },
		{ 0x2fff, 2, true, ERROR_NONE },
		{ 0x2000, 0x2001, false, ERROR_UNREADABLE },
		{ 0x3fff, 2, false, ERROR_UNREADABLE },
		{ 0x4000, 1, false, ERROR_UNREADABLE },
		{ 0, LARGEST_VIEW, false, ERROR_UNREADABLE },
		{ 0, LARGEST_VIEW + 1, false, ERROR_FORMAT },
		{ UINT64_MAX, 1, false, ERROR_UNREADABLE },
		{ UINT64_MAX, 2, false, ERROR_FORMAT },
	};
	static const uint16_t frames[] = { 0xf000, 0xe000, 0xc000, 0xd000 };
	const struct space *space;
	struct kernel *kernel;

	(void)state;
	start_user_table(NOTE_6_1, 0);
	for (uint64_t i = 0; i < 4; i++) {
		put64(0x4000 + 8 * i, frames[i] | P | RW | US);
		for (uint64_t at = 0; at < 0x1000; at += 8)
			put64(frames[i] + at, image_byte(i * 0x1000 + at) * 0x10101);
	}
	kernel = memory_open(NULL, NULL);
	space = kernel_space(kernel, NULL);
	assert_non_null(space);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t vaddr = rows[i].vaddr, size = rows[i].size;
		struct error err = { 0 };
		uint8_t bytes[0x4000];
		struct view view;

		if (size)
			assert_int_equal(view_borrow(&view, space, vaddr, size), rows[i].borrowed);
		if (view_open(&view, space, vaddr, size, &err) != !rows[i].code ||
		    err.code != rows[i].code)
			fail_msg("row %zu: %s", i, err.message);
		if (rows[i].code)
			continue;
		assert_int_equal(view.owned == NULL, rows[i].borrowed);
		assert_int_equal(view.bytes.size, size);
		assert_true(space_read(space, vaddr, bytes, size, NULL));
		assert_memory_equal(view.bytes.data, bytes, size);
		view_close(&view);
	}
	open_close(kernel);
}

static void expect_run(const struct space *space, enum view_pages pages, uint64_t *vaddr,
		       uint64_t start, uint64_t size)
{
	assert_int_equal(view_next_run(space, pages, vaddr, 0x1fffff), size);
	if (size)
		assert_int_equal(*vaddr, start + size);
}

static void runs_of_pages(void **state)
{
	const uint64_t no_execute = UINT64_C(1) << 63;
	const uint64_t rights[] = {
		RW, 0, no_execute, no_execute, RW | no_execute, no_execute,
	};
	struct kernel *kernel;
	const struct space *space;
	uint64_t at = 0, constant_at = 0;

	(void)state;
	start_user_table(NOTE_6_1, 0);
	for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
		put64(0x4000 + 8 * i, (0x5000 + 0x1000 * i) | P | US | rights[i]);
	kernel = memory_open(NULL, NULL);
	space = kernel_space(kernel, NULL);
	assert_non_null(space);
	expect_run(space, PAGES_ALL, &at, 0, 0x6000);
	expect_run(space, PAGES_ALL, &at, 0, 0);
	expect_run(space, PAGES_CONSTANT, &constant_at, 0x2000, 0x2000);
	expect_run(space, PAGES_CONSTANT, &constant_at, 0x5000, 0x1000);
	expect_run(space, PAGES_CONSTANT, &constant_at, 0, 0);
	open_close(kernel);
}

/* A member is not used if its size is impossible for its use. */
static void forms_of_members(void **state)
{
	static const struct {
		enum member_form form;
		const char *sizes[2]; /* sizes that are possible on i386 and on x86-64 */
	} rows[] = {
		{ MEMBER_NUMBER, { "1 2 4 8 ", "1 2 4 8 " } },
		{ MEMBER_INT, { "4 ", "4 " } },
		{ MEMBER_POINTER, { "4 ", "8 " } },
		{ MEMBER_LINKS, { "8 ", "16 " } },
		{ MEMBER_TEXT,
		  { "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 ",
		    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 " } },
	};

	(void)state;
	for (int wide = 0; wide < 2; wide++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct kernel *kernel;
			char sizes[100] = "";
			struct error err;
			uint64_t value;

			if (wide)
				memory_start_64("6.1.0", "");
			else
				memory_start_32("6.1.0", "");
			put(0x5000 + 24, 0x0807060504030201, 8);
			kernel = placed_open(NULL, NULL, 0);
			for (unsigned int size = 0; size < 18; size++) {
				placed_set(kernel, TASK_PID, 24, size);
				if (kernel_member_as(kernel, TASK_PID, rows[i].form, &err))
					sprintf(sizes + strlen(sizes), "%u ", size);
				else
					assert_int_equal(err.code, ERROR_FORMAT);
			}
			assert_string_equal(sizes, rows[i].sizes[wide]);
			placed_set(kernel, TASK_PID, 24, 2);
			assert_true(kernel_read_member(kernel, (wide ? IMAGE : IMAGE_32) + 0x5000,
						       TASK_PID, &value, NULL));
			assert_int_equal(value, 0x201);
			placed_forget(kernel, TASK_PID);
			assert_null(kernel_member_as(kernel, TASK_PID, rows[i].form, &err));
			assert_int_equal(err.code, ERROR_UNKNOWN);
			assert_string_equal(
				err.message,
				"where struct task_struct keeps pid is not known: no vmlinux was given, and the dump has no BTF that can be found");
			open_close(kernel);
		}
}

/* If there is only a note, it gives the address of a variable, but does not show whether the
 * variable is per-CPU. */
static void variables_of_cpus_that_are_unknown(void **state)
{
	struct kernel *kernel;
	struct cpu_set cpus;
	struct error err;
	uint64_t address;

	(void)state;
	start_x86_64(NOTE_6_1 "SYMBOL(current_task)=ffffffff80004000\n", 0);
	kernel = image_open_kernel(&image, "levels=4", &err);
	assert_non_null(kernel);
	assert_true(kernel_symbol(kernel, "current_task", &address, NULL));
	assert_false(kernel_per_cpu(kernel, "current_task", 0, &address, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	assert_false(kernel_possible_cpus(kernel, &cpus, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_of_memory),
		cmocka_unit_test(strings_at_the_end_of_memory),
		cmocka_unit_test(reads_of_many_pages),
		cmocka_unit_test(views_of_pages),
		cmocka_unit_test(reads_before_the_start_of_memory),
		cmocka_unit_test(runs_of_pages),

		cmocka_unit_test(forms_of_members),
		cmocka_unit_test(variables_of_cpus_that_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
