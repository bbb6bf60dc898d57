/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a dump that are kept: the bytes that were read, the note that lists them, and the
 * dump as read with this note. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dump/dump.h"
#include "dump/parts.h"
#include "extract/selection.h"
#include "extract/recorder.h"

#include "unit.h"

enum { FRAMES = 8 };

static uint8_t bytes[FRAMES * PAGE_BYTES];

static void find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	(void)dump;
	*extent = (struct extent){ 0, sizeof(bytes) - 1, bytes, PAGE_PRESENT, 0, 0 };
	if (paddr >= sizeof(bytes))
		*extent = (struct extent){ sizeof(bytes), UINT64_MAX, NULL, PAGE_ABSENT, 0, 0 };
}

static const struct dump_format format = { .name = "test", .find = find };

/* Frames 0 to FRAMES - 1, with bytes that are never 0. */
static struct dump *open_memory(void)
{
	static char path[] = "test";
	static struct dump dump;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(1 + i % 251);
	dump = (struct dump){ .format = &format, .file.path = path };
	return &dump;
}

static void keeps_what_is_read(void **state)
{
	struct dump *dump = open_memory(), *recorder;
	struct selection *selection = selection_create(FRAMES);
	uint8_t page[PAGE_BYTES], buffer[100];
	struct selection_count count;
	uint64_t word;

	(void)state;
	recorder = recorder_create(dump, selection);
	assert_non_null(recorder);
	assert_int_equal(dump_load(recorder, 0x1008, 8, &word), PAGE_PRESENT);
	assert_true(word == load_le64(bytes + 0x1008));
	assert_int_equal(dump_load(recorder, 0x1008, 4, &word), PAGE_PRESENT);
	/* A read across the end of a page. */
	assert_int_equal(dump_read(recorder, 0x2fd8, buffer, 100), PAGE_PRESENT);
	assert_memory_equal(buffer, bytes + 0x2fd8, 100);
	/* A call that only returns the state is not a read. */
	assert_int_equal(dump_range_state(recorder, 0x5000, PAGE_BYTES), PAGE_PRESENT);
	assert_int_equal(*selection_bits(selection), 1 << 1 | 1 << 2 | 1 << 3);
	count = selection_count(selection, SELECTED_FACTS);
	assert_int_equal(count.pages, 3);
	assert_int_equal(count.bytes, 8 + 100);
	memcpy(page, bytes + 0x1000, PAGE_BYTES);
	selection_clear_rest(selection, 1, page);
	for (size_t i = 0; i < PAGE_BYTES; i++)
		assert_int_equal(page[i], i >= 8 && i < 16 ? bytes[0x1000 + i] : 0);
	recorder_destroy(recorder);
	selection_destroy(selection);
}

static void whole_frames_have_one_kind(void **state)
{
	struct selection *selection = selection_create(FRAMES);

	(void)state;
	selection_add_bytes(selection, 0x3010, 4);
	selection_add(selection, 3, SELECTED_TABLE);
	selection_add(selection, 3, SELECTED_KERNEL);
	selection_add_bytes(selection, 0x3010, 4);
	selection_add(selection, FRAMES, SELECTED_KERNEL); /* after the last frame */
	selection_add_bytes(selection, UINT64_MAX - 3, 4);
	assert_int_equal(selection_count(selection, SELECTED_TABLE).pages, 1);
	assert_int_equal(selection_count(selection, SELECTED_TABLE).bytes, PAGE_BYTES);
	assert_int_equal(selection_count(selection, SELECTED_KERNEL).pages, 0);
	assert_int_equal(selection_count(selection, SELECTED_FACTS).pages, 0);
	assert_int_equal(*selection_bits(selection), 1 << 3);
	selection_destroy(selection);
}

/* More frames than the first hash table has room for, in descending order. */
static void keeps_parts_of_many_frames(void **state)
{
	enum { MANY = 5000 };
	struct selection *selection = selection_create(MANY);
	uint8_t page[PAGE_BYTES];

	(void)state;
	for (unsigned int pfn = MANY; pfn--;)
		selection_add_bytes(selection, ((uint64_t)pfn << PAGE_SHIFT) + pfn % 4000, 3);
	assert_false(selection_failed(selection));
	assert_int_equal(selection_count(selection, SELECTED_FACTS).pages, MANY);
	assert_int_equal(selection_count(selection, SELECTED_FACTS).bytes, 3 * MANY);
	for (unsigned int pfn = 0; pfn < MANY; pfn++) {
		memset(page, 7, sizeof(page));
		selection_clear_rest(selection, pfn, page);
		for (unsigned int i = 0; i < PAGE_BYTES; i++)
			assert_int_equal(page[i], i - pfn % 4000 < 3 ? 7 : 0);
	}
	selection_destroy(selection);
}

/* --- the note --- */

static void check_state(struct dump *dump, uint64_t first, uint64_t last, enum page_state state)
{
	for (uint64_t at = first; at <= last; at++) {
		struct extent extent;

		dump_find(dump, at, &extent);
		assert_int_equal(extent.state, state);
		assert_true(extent.first <= at && extent.last >= at);
		if (state == PAGE_PRESENT)
			assert_ptr_equal(extent.data + (at - extent.first), bytes + at);
	}
}

static void what_was_cleared_is_no_zero(void **state)
{
	struct dump *dump = open_memory();
	struct selection *selection = selection_create(FRAMES);
	struct bytes note;
	uint64_t word;

	(void)state;
	selection_add(selection, 0, SELECTED_TABLE);
	selection_add_bytes(selection, 0x4ff8, 8);
	selection_add_bytes(selection, 0x2000, 4);
	selection_add_bytes(selection, 0x2004, 4); /* adjacent to the bytes before */
	selection_add_bytes(selection, 0x2100, 1);
	selection_add_bytes(selection, 0x3000, PAGE_BYTES); /* after this, the whole page is kept */
	assert_true(selection_note(selection, NULL, &note));
	assert_int_equal(note.size, 2 * PARTS_FRAME_BYTES + 3 * PARTS_RUN_BYTES);
	dump_set_parts(dump, note);
	assert_string_equal(dump->warning, "");
	check_state(dump, 0x0, 0x2007, PAGE_PRESENT);
	check_state(dump, 0x2008, 0x20ff, PAGE_FILTERED);
	check_state(dump, 0x2100, 0x2100, PAGE_PRESENT);
	check_state(dump, 0x2101, 0x2fff, PAGE_FILTERED);
	check_state(dump, 0x3000, 0x3fff, PAGE_PRESENT);
	check_state(dump, 0x4000, 0x4ff7, PAGE_FILTERED);
	check_state(dump, 0x4ff8, sizeof(bytes) - 1, PAGE_PRESENT);
	assert_int_equal(dump_load(dump, 0x2000, 8, &word), PAGE_PRESENT);
	assert_int_equal(dump_load(dump, 0x2004, 8, &word), PAGE_FILTERED);
	assert_int_equal(dump_load(dump, 0x2100, 8, &word), PAGE_FILTERED);
	assert_int_equal(dump_range_state(dump, 0x2000, PAGE_BYTES), PAGE_FILTERED);
	parts_destroy(dump->parts);
	dump->parts = NULL;
	selection_destroy(selection);
}

static void refuses_damaged_notes(void **state)
{
	static const struct {
		const char *what;
		uint8_t bytes[32];
		size_t size;
	} bad[] = {
		{ "cut in a frame", { 1 }, 9 },
		{ "no run", { 1 }, 10 },
		{ "cut in a run", { 1, [8] = 1 }, 13 },
		{ "ends before it begins", { 1, [8] = 1, [10] = 5, [12] = 4 }, 14 },
		{ "behind the page", { 1, [8] = 1, [10] = 5, [13] = 0x10 }, 14 },
		{ "runs that touch", { 1, [8] = 2, [10] = 0, [12] = 4, [14] = 5, [16] = 6 }, 18 },
		{ "frames that fall", { 2, [8] = 1, [12] = 4, [14] = 1, [22] = 1, [26] = 4 }, 28 },
		{ "a frame beyond all", { [7] = 1, [8] = 1, [12] = 4 }, 14 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct parts *parts = parts_create((struct bytes){ bad[i].bytes, bad[i].size });

		if (parts)
			fail_msg("%s", bad[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_read),
		cmocka_unit_test(whole_frames_have_one_kind),
		cmocka_unit_test(keeps_parts_of_many_frames),
		cmocka_unit_test(what_was_cleared_is_no_zero),
		cmocka_unit_test(refuses_damaged_notes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
