/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scrubbing leaves of words whose meaning is unknown, which texts it takes for names, and how
 * a dump describes the bytes that were left out. */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "dump/dump.h"
#include "dump/parts.h"
#include "dump/registers.h"
#include "extract/blank.h"
#include "extract/selection.h"
#include "extract/machine_out.h"
#include "extract/pseudonym.h"
#include "extract/scrub.h"
#include "memory.h"
#include "open/open.h"

#include "unit.h"

static const struct blank_rules wide = {
	.word = 8,
	.range = { { UINT64_C(0xffff888000000000), UINT64_C(0xffff88803fffffff) } },
	.nr_ranges = 1,
	.hidden = { UINT64_C(0xffff888000100000), UINT64_C(0xffff8880001fffff) },
};
static const struct blank_rules narrow = {
	.word = 4,
	.range = { { 0xc0000000, 0xf7ffffff } },
	.nr_ranges = 1,
};

/* Checks what scrubbing leaves of bytes in the middle of a page of zeros. */
static void check_left(const struct blank_rules *rules, const void *before, const void *after,
		       size_t size)
{
	static const uint8_t unsure[PAGE_MASK_BYTES];
	uint8_t page[PAGE_BYTES] = { 0 };

	memcpy(page + 0x800, before, size);
	blank_words(rules, unsure, page);
	assert_memory_equal(page + 0x800, after, size);
	memset(page + 0x800, 0, size);
	for (size_t i = 0; i < PAGE_BYTES; i++)
		assert_int_equal(page[i], 0);
}

/* The same with words, in the byte order of the dump. */
static void check_words_left(const struct blank_rules *rules, const uint64_t *before,
			     const uint64_t *after, size_t nr)
{
	uint8_t bytes[2][128];

	assert_true(nr * rules->word <= sizeof(*bytes));
	for (size_t i = 0; i < nr; i++) {
		store_le(bytes[0] + i * rules->word, before[i], rules->word);
		store_le(bytes[1] + i * rules->word, after[i], rules->word);
	}
	check_left(rules, bytes[0], bytes[1], nr * rules->word);
}

#define MARK "\xbd\xbd\xbd\xbd"

static void pointers_and_small_numbers_stay(void **state)
{
	const uint64_t before[] = {
		UINT64_C(0xffff888000031000),
		UINT64_C(0xffff888061626364),
		UINT64_C(0xffff888000123458),
		7,
		UINT64_C(0x1000000000005),
		UINT64_C(0x0001ffff00000000),
		UINT64_C(0x00007f6a6b6c6000),
		UINT64_C(0xffff888000031000),
		100,
		0,
		100,
	};
	const uint64_t mark = UINT64_C(0xbdbdbdbdbdbdbdbd);
	const uint64_t after[] = {
		UINT64_C(0xffff888000031000),
		mark,
		mark,
		7,
		/* The other half is not a number below 65536. */
		UINT64_C(0xbdbdbdbd00000005),
		UINT64_C(0xbdbdbdbd00000000),
		mark,
		UINT64_C(0xffff888000031000),
		100,
		0,
		100,
	};
	const uint64_t narrow_before[] = { 0xc1000560, 0xc1000561, 0xc3636260, 0xb1000560, 0x10 };
	const uint64_t narrow_after[] = { 0xc1000560, PARTS_MARK, PARTS_MARK, PARTS_MARK, 0x10 };

	(void)state;
	check_words_left(&wide, before, after, 11);
	check_words_left(&narrow, narrow_before, narrow_after, 5);
	/* Two pointers of a list. A word in KOI8-R, whose first letters could be a pointer. */
	check_left(&narrow, "\x20\x85\xa0\xc1\x20\x85\xa0\xc2", "\x20\x85\xa0\xc1\x20\x85\xa0\xc2",
		   8);
	check_left(&narrow, "\xf0\xc1\xd2\xcf\xcc\xd8\0\0", MARK MARK, 8);
}

static void no_text_stays(void **state)
{
	(void)state;
	/* A text that ends in the next word, and two letters without others. */
	check_left(&wide, "abcdefgh1\0\0\0\0\0\0\0ab\0\0", MARK MARK MARK "\0\0\0\0" MARK, 20);
	/* Letters of two bytes, and of four bytes. */
	check_left(&wide, "\0\0\0\0s\0e\0c\0\0", "\0\0\0\0" MARK MARK, 12);
	check_left(&wide, "\0\0\0\0\0s\0e\0c\0", "\0\0\0\0" MARK MARK, 12);
	check_left(&wide, "\0\0\0\0s\0\0\0e\0\0\0c\0\0", "\0\0\0\0" MARK MARK MARK, 16);
	/* Letters of three bytes, as in UTF-8. */
	check_left(&wide, "\xe3\x81\x82\xe3\x81\x84\0\0", MARK MARK, 8);
}

/* A text may continue on another page. */
static void letters_at_the_ends_of_a_page_go(void **state)
{
	static const uint8_t unsure[PAGE_MASK_BYTES];
	uint8_t page[PAGE_BYTES] = { 0 };

	(void)state;
	page[0] = page[PAGE_BYTES / 2] = page[PAGE_BYTES - 4] = 'a';
	blank_words(&wide, unsure, page);
	assert_memory_equal(page, MARK "\0\0\0\0", 8);
	assert_memory_equal(page + PAGE_BYTES / 2, "a\0\0\0", 4);
	assert_memory_equal(page + PAGE_BYTES - 8, "\0\0\0\0" MARK, 8);
}

static void what_is_sure_stays(void **state)
{
	uint8_t page[PAGE_BYTES], sure[PAGE_MASK_BYTES] = { 0 };

	(void)state;
	memset(page, 'x', sizeof(page));
	sure[0] = 0x1f; /* four bytes and one byte */
	blank_words(&wide, sure, page);
	assert_memory_equal(page, "xxxxx\0\0\0" MARK, 12);
	assert_memory_equal(page + PAGE_BYTES - 4, MARK, 4);
}

static void text_is_told_by_its_length(void **state)
{
	uint8_t page[PAGE_BYTES] = { 0 }, mask[PAGE_MASK_BYTES] = { 0 };

	(void)state;
	memcpy(page + 8, "seven__\0eight___", 16);
	mask[1] = mask[2] = 0xff;
	mask[0] = 1;
	assert_true(blank_text(page, mask, 8));
	assert_int_equal(mask[0], 1);
	assert_int_equal(mask[1], 0xff);
	assert_int_equal(mask[2], 0);
	/* If one byte is not checked, the rest is not a text. */
	mask[2] = 0x7f;
	assert_false(blank_text(page, mask, 8));
	blank_runs(page, 8);
	assert_memory_equal(page + 8, "seven__\0" MARK MARK, 16);
}

static void names_are_numbered(void **state)
{
	struct pseudonyms *pseudonyms = pseudonyms_create();
	char one[PSEUDONYM_MAX], other[PSEUDONYM_MAX], name[16];

	(void)state;
	assert_int_equal(pseudonym_of(pseudonyms, "a-long-name", 11, one), 6);
	assert_memory_equal(one, "n00000", 6);
	assert_int_equal(pseudonym_of(pseudonyms, "another", 7, other), 6);
	assert_memory_equal(other, "n00001", 6);
	assert_int_equal(pseudonym_of(pseudonyms, "a-long-name", 11, other), 6);
	assert_memory_equal(one, other, 6);
	/* Short names, which leave no room for longer pseudonyms. */
	assert_int_equal(pseudonym_of(pseudonyms, "sh", 2, other), 2);
	assert_memory_equal(other, "00", 2);
	assert_int_equal(pseudonym_of(pseudonyms, "cat", 3, other), 3);
	assert_memory_equal(other, "n00", 3);
	/* More names than the first table has room for. */
	for (int i = 0; i < 2000; i++)
		pseudonym_of(pseudonyms, name, (size_t)snprintf(name, sizeof(name), "name-%d", i),
			     other);
	assert_memory_equal(other, "n001jl", 6); /* 2 + 1999 */
	pseudonym_of(pseudonyms, "a-long-name", 11, other);
	assert_memory_equal(one, other, 6);
	assert_int_equal(pseudonyms_count(pseudonyms), 2004);
	pseudonyms_destroy(pseudonyms);
}

/* --- how a dump describes it --- */

static uint8_t memory[2 * PAGE_BYTES];

static void find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	(void)dump, (void)paddr;
	*extent = (struct extent){ .last = sizeof(memory) - 1,
				   .data = memory,
				   .state = PAGE_PRESENT };
}

static void marks_are_left_out(void **state)
{
	static const struct dump_format format = { .name = "test", .find = find };
	static char path[] = "test";
	struct dump dump = { .format = &format, .file.path = path };
	struct selection *selection = selection_create(2);
	struct bytes note;

	(void)state;
	assert_true(selection_judge(selection));
	selection_add_bytes(selection, 0x12,
			    1); /* added before, in the order in which memory is read */
	selection_add(selection, 0, SELECTED_KERNEL);
	selection_add(selection, 1, SELECTED_TABLE);
	assert_int_equal(selection_count(selection, SELECTED_KERNEL).pages, 1);
	assert_int_equal(selection_count(selection, SELECTED_FACTS).pages, 0);
	assert_true(selection_note(selection, NULL, &note));
	assert_int_equal(load_le16(note.data + 8), PARTS_MARKED | 2);
	memset(memory, 7, sizeof(memory));
	memset(memory + 0x20, 0xbd, 8);
	memset(memory + 0x2a, 0xbd, 4); /* not at a multiple of four */
	memset(memory + PAGE_BYTES, 0xbd, 4); /* in a frame without marks */
	dump_set_parts(&dump, note);
	assert_non_null(dump.parts);
	for (uint64_t at = 0; at < sizeof(memory); at++) {
		bool beside = at == 0x10 || at == 0x11 || at == 0x13;
		bool left_out = beside || (at >= 0x20 && at < 0x28);
		struct extent extent;

		dump_find(&dump, at, &extent);
		assert_int_equal(extent.state, left_out ? PAGE_FILTERED : PAGE_PRESENT);
		assert_true(extent.first <= at && extent.last >= at);
		if (!left_out)
			assert_ptr_equal(extent.data + (at - extent.first), memory + at);
	}
	parts_destroy(dump.parts);
	selection_destroy(selection);
}

/* --- headers and notes --- */

static void machines_keep_no_secret(void **state)
{
	static const char text[] = "OSRELEASE=6.1.0\nPASSWORD=secret\nSIZE(page)=64\n";
	static uint8_t note[QEMU_SIZE + 8];
	const struct registers stopped = {
		.known = { [CPU_IP] = true, [CPU_AX] = true, [CPU_BX] = true },
		.value = { [CPU_IP] = 0x401000,
			   [CPU_AX] = UINT64_C(0x746572636573),
			   [CPU_BX] = UINT64_C(0xffff888000031000) },
	};
	const struct cpu_state cpu = { .note = { note, sizeof(note) } };
	struct pseudonyms *pseudonyms = pseudonyms_create();
	struct machine_known known = {
		.machine = { .machine = EM_X86_64,
			     .stopped = &stopped,
			     .nr_stopped = 1,
			     .cpus = &cpu,
			     .nr_cpus = 1 },
		.note = { strdup(text), sizeof(text) - 1, sizeof(text), false },
	};
	const struct machine_out *machine = &known.machine;
	const struct scrub scrub = { .pseudonyms = pseudonyms, .places.rules = wide };

	(void)state;
	strcpy(known.machine.names[UTS_NODE], "secret-host");
	strcpy(known.machine.names[UTS_DOMAIN], "(none)");
	memcpy(note + QEMU_REGISTERS, "secret!!", 8);
	memcpy(note + QEMU_REGISTERS + 16 * 8, "\0\x10\x40\0\0\0\0\0", 8);
	assert_true(scrub_machine(&scrub, &known));
	assert_string_equal(machine->names[UTS_NODE], "n00000");
	assert_string_equal(machine->names[UTS_DOMAIN], "(none)");
	assert_int_equal(known.note.size, sizeof("OSRELEASE=6.1.0\nSIZE(page)=64\n") - 1);
	assert_memory_equal(known.note.text, "OSRELEASE=6.1.0\nSIZE(page)=64\n", known.note.size);
	assert_true(machine->stopped[0].value[CPU_IP] == 0x401000);
	assert_true(machine->stopped[0].value[CPU_AX] == 0);
	assert_true(machine->stopped[0].value[CPU_BX] == UINT64_C(0xffff888000031000));
	assert_true(load_le64(machine->cpus[0].note.data + QEMU_REGISTERS) == 0);
	assert_true(load_le64(machine->cpus[0].note.data + QEMU_REGISTERS + 16 * 8) == 0x401000);
	machine_known_release(&known);
	pseudonyms_destroy(pseudonyms);
}

/* The image's first 2M are mapped three times, two of them read-only. */
static void a_page_is_constant_once(void **state)
{
	const uint64_t image_table = 0x2000, large = UINT64_C(1) << 21;
	struct scrub_places places = { .constant = { .nr = 0 } };
	struct kernel *kernel;

	(void)state;
	memory_start(false, "OSRELEASE=6.0.0\n"
			    "SYMBOL(swapper_pg_dir)=ffffffff80001000\n"
			    "SYMBOL(_stext)=ffffffff80000000\n"
			    "SYMBOL(_etext)=ffffffff80600000\n"
			    "NUMBER(phys_base)=0\n"
			    "NUMBER(pgtable_l5_enabled)=0\n");
	put(0x1ff8, image_table | P | RW, 8);
	/* Page 2000 is also the pmd, whose first entries follow. */
	put(0x2ff0, image_table | P | RW, 8);
	put(0x2000, P | RW | PS, 8);
	put(0x2008, P | PS, 8);
	put(0x2010, P | PS, 8);
	kernel = memory_open(NULL, NULL);
	assert_true(scrub_places_find(&places, kernel));
	assert_int_equal(places.constant.nr, large / PAGE_BYTES);
	for (size_t i = 0; i < places.constant.nr; i++) {
		assert_int_equal(places.constant.range[i].first, i * PAGE_BYTES);
		assert_int_equal(places.constant.range[i].last, (i + 1) * PAGE_BYTES - 1);
	}
	scrub_places_release(&places);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pointers_and_small_numbers_stay),
		cmocka_unit_test(no_text_stays),
		cmocka_unit_test(letters_at_the_ends_of_a_page_go),
		cmocka_unit_test(what_is_sure_stays),
		cmocka_unit_test(text_is_told_by_its_length),
		cmocka_unit_test(names_are_numbered),
		cmocka_unit_test(marks_are_left_out),
		cmocka_unit_test(machines_keep_no_secret),
		cmocka_unit_test(a_page_is_constant_once),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
