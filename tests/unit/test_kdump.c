/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranks and runs of the bitmaps, the cache of pages, and flattened content, each compared with the
 * simplest possible implementation. */
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "dump/extents.h"
#include "dump/flatten.h"
#include "dump/codec.h"
#include "dump/formats/kdump_bitmap.h"
#include "dump/page_cache.h"
#include "dump/source.h"

#include "unit.h"

enum { BITMAP_BYTES = 4096, NR_FRAMES = 8 * BITMAP_BYTES };

static uint64_t state = 88172645463325252u;

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Runs of all lengths, so that there are runs that end at each limit of words and blocks. */
static void fill(uint8_t *bitmap)
{
	memset(bitmap, 0, BITMAP_BYTES);
	for (uint64_t pfn = 0; pfn < NR_FRAMES;) {
		uint64_t length = 1 + rnd() % (UINT64_C(1) << rnd() % 12);
		bool set = rnd() & 1;

		for (; length && pfn < NR_FRAMES; length--, pfn++)
			if (set)
				bitmap[pfn / 8] |= (uint8_t)(1 << pfn % 8);
	}
}

static enum kdump_frame plain_frame(const struct kdump_bitmaps *b, uint64_t pfn)
{
	if (pfn >= b->max_pfn)
		return FRAME_NONE;
	if (b->dumped[pfn / 8] >> pfn % 8 & 1)
		return FRAME_DUMPED;
	return b->memory[pfn / 8] >> pfn % 8 & 1 ? FRAME_LEFT_OUT : FRAME_NONE;
}

static void check_run(const struct kdump_bitmaps *b, uint64_t pfn)
{
	struct kdump_run run = kdump_run(b, pfn);
	enum kdump_frame frame = plain_frame(b, pfn);

	assert_int_equal(run.frame, frame);
	assert_true(run.first <= pfn && pfn <= run.last);
	for (uint64_t at = run.first; at < b->max_pfn && at <= run.last; at++)
		assert_int_equal(plain_frame(b, at), frame);
	if (frame != FRAME_NONE)
		return;
	/* A hole is reported as a whole. */
	assert_true(run.first == 0 || plain_frame(b, run.first - 1) != frame);
	assert_true(run.last == UINT64_MAX || plain_frame(b, run.last + 1) != frame);
	assert_true(run.last == UINT64_MAX || run.last < b->max_pfn);
}

static void test_bitmaps(void **unused)
{
	static uint8_t memory[BITMAP_BYTES], dumped[BITMAP_BYTES];
	static const uint64_t ends[] = { 1,	   63, 64, 65, 511, 512, 513, 5000, NR_FRAMES - 1,
					 NR_FRAMES };

	(void)unused;
	for (unsigned int i = 0; i < 40; i++) {
		struct kdump_bitmaps b = { memory, dumped, ends[i % 10], NULL };
		uint64_t rank = 0, left_out = 0;

		fill(memory);
		fill(dumped);
		assert_true(kdump_bitmaps_open(&b));
		for (uint64_t pfn = 0; pfn < b.max_pfn; pfn++) {
			enum kdump_frame frame = plain_frame(&b, pfn);

			assert_int_equal(kdump_rank(&b, pfn), rank);
			rank += frame == FRAME_DUMPED;
			left_out += frame == FRAME_LEFT_OUT;
			if (pfn % 61 == i)
				check_run(&b, pfn);
		}
		assert_int_equal(kdump_rank(&b, b.max_pfn), rank);
		check_run(&b, b.max_pfn);
		check_run(&b, UINT64_C(1) << 52);
		assert_int_equal(kdump_left_out(&b), left_out);
		free(b.ranks);
	}
}

/* The cache returns what was added to it. Pages that are used often stay longer than pages used
 * once. */
static void check_page_cache(size_t unused_sets, unsigned int most_misses)
{
	struct page_cache *cache = calloc(1, sizeof(*cache));
	unsigned int warm_misses = 0;
	const uint8_t *data;

	assert_non_null(cache);
	cache->unused_sets = unused_sets;
	for (unsigned int i = 0; i < 200000; i++) {
		uint64_t pfn = i % 3 ? 0x1000 + rnd() % 100000 : rnd() % 64;
		uint64_t content = htole64(pfn);
		struct page_cache_slot slot;

		data = dump_cache_get(cache, pfn);
		if (data) {
			assert_int_equal(load_le64(data), pfn);
			continue;
		}
		warm_misses += pfn < 64;
		slot = dump_cache_room(cache, pfn);
		memcpy(slot.buffer, &content, sizeof(content));
		assert_null(dump_cache_get(cache, pfn));
		dump_cache_fill(cache, &slot, pfn, slot.buffer);
		if (pfn < 64) /* a page is kept because it is asked for again */
			assert_ptr_equal(dump_cache_get(cache, pfn), slot.buffer);
	}
	/* For 66,667 requests. */
	assert_in_range(warm_misses, 64, most_misses);
	for (size_t set = CACHE_SETS - unused_sets; set < CACHE_SETS; set++)
		for (size_t way = 0; way < CACHE_WAYS; way++)
			assert_int_equal(cache->tag[set][way], 0);
	free(cache);
}

static void test_page_cache(void **unused)
{
	(void)unused;
	check_page_cache(0, 1200);
	check_page_cache(CACHE_SETS - 16, 66667);
}

enum { CONTENT = 3000, MOST_RECORDS = 60 };

static size_t put(uint8_t *at, uint64_t value)
{
	value = htobe64(value);
	memcpy(at, &value, sizeof(value));
	return sizeof(value);
}

/* Records at random offsets, which may overlap, and the content that results. */
static void test_flattened(void **unused)
{
	static uint8_t bytes[4096 + MOST_RECORDS * 600], content[CONTENT];
	static bool written[CONTENT];
	struct error err;

	(void)unused;
	for (unsigned int round = 0; round < 300; round++) {
		struct file file = { .path = (char *)"flat", .fd = -1 };
		size_t size = 4096, nr = rnd() % MOST_RECORDS, end = 0;
		bool marked = round & 1;
		struct source source;

		memset(bytes, 0, sizeof(bytes));
		memset(content, 0, sizeof(content));
		memset(written, 0, sizeof(written));
		memcpy(bytes, "makedumpfile", 12);
		put(bytes + 16, 1);
		put(bytes + 24, 1);
		for (size_t i = 0; i < nr; i++) {
			size_t at = rnd() % (CONTENT - 500);
			size_t length = 1 + rnd() % 499;

			size += put(bytes + size, at);
			size += put(bytes + size, length);
			for (size_t j = 0; j < length; j++) {
				content[at + j] = bytes[size++] = (uint8_t)rnd();
				written[at + j] = true;
			}
			end = at + length > end ? at + length : end;
		}
		if (marked) {
			size += put(bytes + size, UINT64_MAX);
			size += put(bytes + size, UINT64_MAX);
		}
		file.bytes = (struct bytes){ bytes, size };
		file.size = size;
		assert_true(source_open(&source, &file, NULL, &err));
		assert_int_equal(source.size, end);
		assert_int_equal(source.complete, marked);
		for (unsigned int i = 0; i < 200; i++) {
			uint8_t scratch[CONTENT];
			size_t at = rnd() % CONTENT, length = 1 + rnd() % 300;
			const uint8_t *got = source_view(&source, at, length, scratch);
			bool there = at + length <= end;

			for (size_t j = 0; there && j < length; j++)
				there = marked || written[at + j];
			assert_int_equal(got != NULL, there);
			if (there)
				assert_memory_equal(got, content + at, length);
		}
		source_close(&source);
	}
}

static void test_inflate(void **unused)
{
	struct inflater *inflater = inflater_create();
	uint8_t page[4096] = { 1 }, out[4096];

	(void)unused;
	assert_non_null(inflater);
	assert_true(inflater_has(inflater, CODEC_ZLIB));
	assert_true(inflate_bytes(inflater, CODEC_NONE, (struct bytes){ page, sizeof(page) }, out,
				  sizeof(out)));
	assert_memory_equal(page, out, sizeof(page));
	/* Random bytes are not a page, whatever compression is assumed. */
	for (enum codec codec = CODEC_NONE; codec < NR_CODECS; codec++) {
		assert_false(inflate_bytes(inflater, codec, (struct bytes){ page, 100 }, out,
					   sizeof(out)));
		assert_false(inflate_bytes(inflater, codec, (struct bytes){ page, 0 }, out,
					   sizeof(out)));
	}
	inflater_destroy(inflater);
	inflater_destroy(NULL);
}

/* Runs as LKCD encodes them: complete runs, and runs in which the data ends or the page becomes
 * full. */
static void test_runs(void **unused)
{
	enum { SIZE = 8 };
	static const struct {
		const char *data, *page; /* page NULL: no page results */
		size_t size;
	} cases[] = {
		{ "abcdefgh", "abcdefgh", 8 },
		{ "\0\10x", "xxxxxxxx", 3 },
		{ "a\0\3b\0\0\0\3c", "abbb\0ccc", 9 },
		{ "abcdefg", NULL, 7 },
		{ "abcdefghi", NULL, 9 },
		{ "\0\11x", NULL, 3 },
		{ "\0\377x", NULL, 3 },
		{ "abcdefg\0\2x", NULL, 10 },
		{ "abcdefgh\0\0", NULL, 10 },
		{ "\0\7xa\0\377x", NULL, 7 },
		{ "\0\10", NULL, 2 },
		{ "\0", NULL, 1 },
		{ "\0\7x\0", NULL, 4 },
		{ "", NULL, 0 },
	};
	struct inflater *inflater;
	/* The memory has exactly this size, so that sanitizers detect an access to one more
	 * byte. */
	char *page = malloc(SIZE), *data;

	(void)unused;
	assert_non_null(page);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const size_t size = cases[i].size;
		bool ok;

		inflater = inflater_create();
		data = malloc(size + 1);
		assert_true(inflater && data);
		memcpy(data, cases[i].data, size);
		ok = inflate_bytes(inflater, CODEC_RLE, (struct bytes){ (uint8_t *)data, size },
				   page, SIZE);
		assert_int_equal(ok, cases[i].page != NULL);
		if (ok)
			assert_memory_equal(page, cases[i].page, SIZE);
		free(data);
		inflater_destroy(inflater);
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bitmaps),	  cmocka_unit_test(test_page_cache),
		cmocka_unit_test(test_flattened), cmocka_unit_test(test_inflate),
		cmocka_unit_test(test_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
