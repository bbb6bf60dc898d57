/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts of mappings: frames that are mapped more often than their struct pages count. */
#include <stdio.h>

#include "check/check_pass.h"
#include "kernel/kernel.h"
#include "memory.h"

#include "unit.h"

static void map(struct mapped_frames *frames, uint64_t pfn, uint32_t mapcount, int32_t pid,
		uint64_t vaddr)
{
	const struct mapped_frame frame = {
		.pfn = pfn,
		.vaddr = vaddr,
		.pid = pid,
		.mapcount = mapcount,
	};

	check_add_frame(frames, &frame, 1);
}

static struct kernel *any_kernel(void)
{
	memory_start_64("6.12.0", "");
	return memory_open(NULL, NULL);
}

static void keep_text(void *arg, enum check check, const char *text)
{
	char *told = arg;

	assert_int_equal(check, CHECK_OF_USER_TABLES);
	snprintf(told + strlen(told), 1024 - strlen(told), "%s\n", text);
}

/* The frames are reported in the order of their addresses, each with the mappings of the lowest and
 * the highest process. */
static void order(void **state)
{
	struct checker checker = { .kernel = any_kernel(), .place = keep_text };
	struct tally tally = { .checker = &checker, .check = CHECK_OF_USER_TABLES };
	struct mapped_frames frames = { 0 };
	const struct mapped_place again = { 0x3000, 5 };
	char told[1024] = "";

	(void)state;
	checker.arg = told;
	map(&frames, 9, 1, 7, 0x2000);
	map(&frames, 4, 2, 7, 0x1000);
	map(&frames, 3, 1, 8, 0x1000);
	map(&frames, 9, 1, 6, 0x8000);
	map(&frames, 4, 2, 6, 0x1000);
	map(&frames, 3, 1, 8, 0x5000);
	assert_true(check_add_place(&frames, 9, again, 2));
	assert_false(check_add_place(&frames, 10, again, 1));
	assert_int_equal(frames.nr, 3);
	assert_int_equal(frames.nr_added, 7);
	check_count_mapped(&frames, &tally);
	assert_string_equal(
		told,
		"the struct page of 3000 counts 1 mappings, but the page has 2, for example at"
		" 1000 of pid 8 and at 5000 of pid 8\n"
		"the struct page of 9000 counts 1 mappings, but the page has 4, for example at"
		" 3000 of pid 5 and at 2000 of pid 7\n");
	check_release_mapped(&frames);
	open_close(checker.kernel);
}

/* Five million mappings of a few thousand frames are all counted: each frame is stored once. */
static void many(void **state)
{
	struct checker checker = { .kernel = any_kernel() };
	struct tally tally = { .checker = &checker, .check = CHECK_OF_USER_TABLES };
	struct mapped_frames frames = { 0 };

	(void)state;
	for (int32_t pid = 1; pid <= 1000; pid++)
		for (uint64_t pfn = 1; pfn <= 5000; pfn++)
			map(&frames, pfn, pfn == 77 ? 999 : 1000, pid, pfn << 12);
	assert_false(frames.too_many);
	assert_int_equal(frames.nr, 5000);
	assert_int_equal(frames.nr_added, 5000000);
	check_count_mapped(&frames, &tally);
	assert_int_equal(tally.nr, 1);
	assert_non_null(
		strstr(tally.first, "of 4d000 counts 999 mappings, but the page has 1000,"));
	check_release_mapped(&frames);
	open_close(checker.kernel);
}

/* A frame that is not compared is stored, but its mappings are not counted. */
static void not_compared(void **state)
{
	const struct mapped_frame frame = { .pfn = 70, .kind = MAPPED_NOT_COUNTED };
	struct mapped_frames frames = { 0 };

	(void)state;
	map(&frames, 63, 1, 1, 0x1000);
	map(&frames, 64, 1, 1, 0x2000);
	check_add_frame(&frames, &frame, 0);
	check_add_frame(&frames, &frame, 0);
	assert_int_equal(frames.nr, 3);
	assert_int_equal(frames.nr_added, 2);
	assert_false(check_add_place(&frames, 70, (struct mapped_place){ 0x3000, 1 }, 1));
	assert_int_equal(check_find_frame(&frames, 63)->pfn, 63);
	assert_int_equal(frames.frame[frames.next].pfn, 64);
	assert_int_equal(check_find_frame(&frames, 70)->kind, MAPPED_NOT_COUNTED);
	assert_null(check_find_frame(&frames, 71));
	assert_null(check_find_frame(&frames, 63 + 64));
	check_release_mapped(&frames);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(many),
		cmocka_unit_test(not_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
