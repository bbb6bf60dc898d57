/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of a flattened file, compared with a model that stores each byte, and the size of the
 * index. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dump/extents.h"
#include "dump/flatten.h"

#include "unit.h"

enum { HEADER = 4096, RECORD = 16 };

/* A flattened file that is being written. */
struct writing {
	uint8_t *bytes;
	size_t size;
};

static void put_be64(struct writing *to, uint64_t value)
{
	value = htobe64(value);
	memcpy(to->bytes + to->size, &value, sizeof(value));
	to->size += sizeof(value);
}

static struct writing begin(size_t room)
{
	struct writing to = { .bytes = calloc(1, HEADER + room) };

	assert_non_null(to.bytes);
	memcpy(to.bytes, "makedumpfile", 12);
	to.size = 16;
	put_be64(&to, 1);
	put_be64(&to, 1);
	to.size = HEADER;
	return to;
}

static void put_record(struct writing *to, uint64_t offset, const void *content, size_t size)
{
	put_be64(to, offset);
	put_be64(to, size);
	memcpy(to->bytes + to->size, content, size);
	to->size += size;
}

static void put_end(struct writing *to)
{
	put_be64(to, UINT64_MAX);
	put_be64(to, UINT64_MAX);
}

static struct file file_of(const struct writing *written)
{
	return (struct file){ .path = (char *)"file",
			      .size = written->size,
			      .bytes = { written->bytes, written->size } };
}

static struct extent_list index_of(const struct writing *written, struct flattened *flattened)
{
	struct file file = file_of(written);
	struct extent_list runs = { 0 };
	struct error err;

	assert_true(flatten_probe(file.bytes));
	assert_true(flatten_index(&file, &runs, flattened, NULL, &err));
	return runs;
}

/* Returns the byte at this offset of the content, or -1 if no byte was written there. */
static int byte_at(const struct writing *written, const struct extent_list *runs, unsigned int most,
		   uint64_t offset)
{
	struct file file = file_of(written);
	struct extent run, part;

	extent_list_find(runs, offset, &run);
	if (run.state == PAGE_ABSENT)
		return -1;
	assert_true(flatten_find(&file, &run, most, offset, &part));
	assert_true(part.first <= offset && offset <= part.last);
	assert_true(run.first <= part.first && part.last <= run.last);
	return written->bytes[extent_offset(&part, offset)];
}

/* Records at random offsets, which may overlap. But no record looks as if its offset was wrong:
 * that is, between two others that leave just enough room for it. */
static void later_records_win(void **state)
{
	enum { CONTENT = 3000, NR = 400, ROUNDS = 200 };

	(void)state;
	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		struct writing to = begin((size_t)NR * (RECORD + 64) + RECORD);
		int model[CONTENT];
		uint64_t offset = 0, room = UINT64_MAX;
		struct flattened flattened;
		struct extent_list runs;

		memset(model, 0xff, sizeof(model));
		for (int i = 0; i < rand() % NR; i++) {
			size_t size = 1 + (size_t)rand() % 63;
			uint64_t end = offset;
			uint8_t content[64];

			/* Most records continue where the last record ended. */
			if (rand() % 4 == 0 || offset + size > CONTENT)
				offset = (uint64_t)(rand() % (CONTENT - 64));
			if (offset == room)
				offset++;
			room = end + size;
			for (size_t n = 0; n < size; n++) {
				content[n] = (uint8_t)rand();
				model[offset + n] = content[n];
			}
			put_record(&to, offset, content, size);
			offset += size;
		}
		put_end(&to);
		runs = index_of(&to, &flattened);
		assert_true(flattened.complete);
		for (int i = 0; i < CONTENT; i++)
			assert_int_equal(byte_at(&to, &runs, flattened.most, (uint64_t)i),
					 model[i]);
		extent_list_release(&runs);
		free(to.bytes);
	}
}

/* Writes nr records of one byte. Their contents are in nr_streams places, which take turns after
 * `turn` records. Returns the size of the index. */
static size_t runs_of(size_t nr, size_t nr_streams, size_t turn)
{
	struct writing to = begin(nr * (RECORD + 1));
	uint64_t each = nr / nr_streams, apart = each + 1000;
	struct flattened flattened;
	struct extent_list runs;
	size_t nr_runs;

	for (uint64_t i = 0; i < nr; i++) {
		uint64_t round = i / (turn * nr_streams);
		uint64_t stream = i / turn % nr_streams;
		uint64_t offset = stream * apart + round * turn + i % turn;
		uint8_t byte = (uint8_t)(offset * 251 >> 3);

		put_record(&to, offset, &byte, 1);
	}
	runs = index_of(&to, &flattened);
	assert_false(flattened.complete);
	for (uint64_t i = 0; i < nr; i += 997) {
		uint64_t offset = i / each * apart + i % each;

		if (i / each < nr_streams)
			assert_int_equal(byte_at(&to, &runs, flattened.most, offset),
					 (uint8_t)(offset * 251 >> 3));
	}
	nr_runs = runs.nr;
	extent_list_release(&runs);
	free(to.bytes);
	return nr_runs;
}

static void a_record_at_a_wrong_offset_is_left_out(void **state)
{
	struct writing to = begin(1000);
	struct flattened flattened;
	struct extent_list runs;

	(void)state;
	put_record(&to, 100, "abcdefgh", 8);
	put_record(&to, 300, "ijklmnop", 8); /* the right offset would be 108 */
	put_record(&to, 116, "qrstuvwx", 8);
	put_record(&to, 400, "descript", 8); /* belongs to another part of the content */
	put_record(&to, 124, "yz", 2);
	put_end(&to);
	runs = index_of(&to, &flattened);
	assert_false(flattened.complete);
	assert_int_equal(byte_at(&to, &runs, flattened.most, 300), -1);
	assert_int_equal(byte_at(&to, &runs, flattened.most, 108), -1);
	assert_int_equal(byte_at(&to, &runs, flattened.most, 116), 'q');
	assert_int_equal(byte_at(&to, &runs, flattened.most, 400), 'd');
	assert_int_equal(byte_at(&to, &runs, flattened.most, 125), 'z');
	extent_list_release(&runs);
	free(to.bytes);
}

static void room_that_is_filled_later_is_no_error(void **state)
{
	struct writing to = begin(1000);
	struct flattened flattened;
	struct extent_list runs;

	(void)state;
	put_record(&to, 100, "abcdefgh", 8);
	put_record(&to, 300, "descript", 8);
	put_record(&to, 116, "qrstuvwx", 8);
	put_record(&to, 108, "ijklmnop", 8);
	put_end(&to);
	runs = index_of(&to, &flattened);
	assert_true(flattened.complete);
	assert_int_equal(byte_at(&to, &runs, flattened.most, 108), 'i');
	assert_int_equal(byte_at(&to, &runs, flattened.most, 116), 'q');
	assert_int_equal(byte_at(&to, &runs, flattened.most, 300), 'd');
	extent_list_release(&runs);
	free(to.bytes);
}

static void many_records_make_a_small_index(void **state)
{
	enum { NR = 3 << 20, MOST = 1 << 19 };

	(void)state;
	assert_in_range(runs_of(NR, 1, 1), 1, MOST);
	/* Descriptors between pages, as real writers write them. */
	assert_in_range(runs_of(NR, 2, 96), 1, MOST);
	assert_in_range(runs_of(1000, 1, 1), 250, 250);
	/* No records can be joined. */
	assert_int_equal(runs_of(700000, 2, 1), 700000);
}

/* Headers that were part of the content when the file was indexed. No more records are followed
 * than the run had. */
static void records_that_multiply_end_the_search(void **state)
{
	enum { NR = 10 };
	struct writing to = begin(1000), changed;
	uint8_t content[(NR + 1) * RECORD] = { 0 };
	struct flattened flattened;
	struct extent_list runs;
	struct extent run, part;
	struct file file;

	(void)state;
	put_record(&to, 100, content, sizeof(content));
	put_end(&to);
	runs = index_of(&to, &flattened);
	assert_in_range(flattened.most, 1, NR - 1);
	changed = (struct writing){ to.bytes, HEADER };
	for (int i = 0; i < NR; i++)
		put_record(&changed, 0, content, 0);
	put_record(&changed, 100, content, RECORD);
	extent_list_find(&runs, 100, &run);
	file = file_of(&to);
	assert_false(flatten_find(&file, &run, flattened.most, 100, &part));
	extent_list_release(&runs);
	free(to.bytes);
}

/* The size of the record may be the wrong value. */
static void a_cut_record_is_left_out(void **state)
{
	struct writing to = begin(1000);
	struct flattened flattened;
	struct extent_list runs;

	(void)state;
	put_record(&to, 100, "abcdefgh", 8);
	put_record(&to, 108, "ijklmnop", 8);
	to.size -= 3;
	runs = index_of(&to, &flattened);
	assert_false(flattened.complete);
	assert_true(flattened.size == 108);
	assert_int_equal(byte_at(&to, &runs, flattened.most, 107), 'h');
	assert_int_equal(byte_at(&to, &runs, flattened.most, 108), -1);
	assert_int_equal(byte_at(&to, &runs, flattened.most, 99), -1);
	extent_list_release(&runs);
	free(to.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(later_records_win),
		cmocka_unit_test(many_records_make_a_small_index),
		cmocka_unit_test(records_that_multiply_end_the_search),
		cmocka_unit_test(a_cut_record_is_left_out),
		cmocka_unit_test(a_record_at_a_wrong_offset_is_left_out),
		cmocka_unit_test(room_that_is_filled_later_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
