/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The matcher and the search by threads, compared with a scan that checks each place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dump/search.h"

#include "unit.h"

static uint32_t seed = 1;

static uint32_t random_below(uint32_t most)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % most;
}

/* --- the model --- */

struct model {
	unsigned int width;
	uint64_t mask;
	struct value_range values[20];
	size_t nr_values;
	struct bytes texts[4];
	size_t nr_texts;
};

static bool model_value(const struct model *model, const uint8_t *at)
{
	uint64_t value = load_le(at, model->width) & ~model->mask;

	for (size_t i = 0; i < model->nr_values; i++)
		if (value >= (model->values[i].first & ~model->mask) &&
		    value <= (model->values[i].last & ~model->mask))
			return true;
	return false;
}

/* Does a hit begin at data[at], whose address is address, and end by size? */
static bool model_hit(const struct model *model, const uint8_t *data, size_t at, size_t size,
		      uint64_t address)
{
	if (model->nr_values && address % model->width == 0 && model->width <= size - at &&
	    model_value(model, data + at))
		return true;
	for (size_t i = 0; i < model->nr_texts; i++)
		if (model->texts[i].size <= size - at &&
		    !memcmp(data + at, model->texts[i].data, model->texts[i].size))
			return true;
	return false;
}

static struct matcher matcher_of(const struct model *model, bool plain)
{
	struct matcher matcher = matcher_create(model->width, model->mask);

	for (size_t i = 0; i < model->nr_values; i++)
		assert_true(matcher_add_values(&matcher, model->values[i].first,
					       model->values[i].last));
	for (size_t i = 0; i < model->nr_texts; i++)
		assert_true(matcher_add_text(&matcher, model->texts[i]));
	if (plain)
		matcher_finish_plain(&matcher);
	else
		matcher_finish(&matcher);
	return matcher;
}

/* Fills data with few different bytes, so that there are hits, and with long ranges of zeros. */
static void fill(uint8_t *data, size_t size)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0x7f, 0x80, 0xff, 'a' };

	memset(data, 0, size);
	for (size_t at = 0; at < size; at += random_below(3000)) {
		size_t end = at + random_below(900);

		for (; at < end && at < size; at++)
			data[at] = bytes[random_below(sizeof(bytes))];
	}
}

static struct model random_model(const uint8_t *data, size_t size)
{
	struct model model = { .width = 1u << random_below(4) };
	uint64_t all = UINT64_MAX >> (64 - 8 * model.width);

	if (random_below(3) == 0)
		model.mask = all & (UINT64_C(0xff) << 8 * random_below(8));
	if (random_below(4))
		model.nr_values = 1 + random_below(random_below(2) ? 3 : 20);
	if (!model.nr_values || random_below(3) == 0)
		model.nr_texts = 1 + random_below(4);
	for (size_t i = 0; i < model.nr_values; i++) {
		uint64_t value = load_le(data + random_below(size - 8), model.width);
		uint64_t more = !model.mask && random_below(3) == 0 ? random_below(70000) : 0;

		model.values[i] =
			(struct value_range){ value, more > all - value ? all : value + more };
	}
	for (size_t i = 0; i < model.nr_texts; i++) {
		size_t length = 1 + random_below(random_below(2) ? 4 : 256);

		model.texts[i] = (struct bytes){ data + random_below(size - length), length };
	}
	return model;
}

/* --- the matcher --- */

static void expect_found(const struct model *model, const uint8_t *data, size_t size,
			 uint64_t address, bool plain)
{
	struct matcher matcher = matcher_of(model, plain);
	struct match_window window = { data, address, size, size, 0 };
	struct hits hits = { 0 };
	size_t nr = 0;

	matcher_find(&matcher, &window, &hits);
	assert_false(hits.failed);
	for (size_t at = 0; at < size; at++) {
		if (!model_hit(model, data, at, size, address + at))
			continue;
		assert_true(nr < hits.nr);
		assert_int_equal(hits.at[nr].address, address + at);
		if (!hits.at[nr].text)
			assert_int_equal(hits.at[nr].value, load_le(data + at, model->width));
		nr++;
	}
	assert_int_equal(nr, hits.nr);
	free(hits.at);
	matcher_release(&matcher);
}

static void each_place_is_found(void **state)
{
	enum { SIZE = 6000 };
	uint8_t *room = malloc(SIZE + 64);

	(void)state;
	for (int i = 0; i < 100; i++) {
		/* No byte after the end of the memory may be read. */
		size_t size = 300 + random_below(SIZE - 300);
		uint8_t *data = malloc(size);
		struct model model;

		fill(data, size);
		model = random_model(data, size);
		expect_found(&model, data, size, random_below(64), false);
		expect_found(&model, data, size, random_below(64), true);
		/* Not aligned. */
		memcpy(room + i % 61, data, size);
		expect_found(&model, room + i % 61, size, i % 8, false);
		free(data);
	}
	free(room);
}

static void one_byte_at_each_place(void **state)
{
	enum { SIZE = 3 * MATCHER_BLOCK };
	static const uint8_t text[] = "ab";
	uint8_t data[SIZE];

	(void)state;
	for (unsigned int width = 1; width <= 8; width *= 2)
		for (size_t at = 0; at < SIZE - 8; at++) {
			struct model model = {
				.width = width,
				.values = { { 0x5a, 0x5a } },
				.nr_values = 1,
			};
			struct model texts = {
				.width = width,
				.texts = { { text, 2 } },
				.nr_texts = 1,
			};

			memset(data, 0, SIZE);
			data[at] = 0x5a;
			expect_found(&model, data, SIZE, 0, false);
			expect_found(&model, data, SIZE, 3, true);
			memcpy(data + at, text, 2);
			expect_found(&texts, data, SIZE, 0, false);
			expect_found(&texts, data, at + 2, 0, true);
			expect_found(&texts, data, at + 1, 0, false);
		}
}

static void highest_and_lowest_values(void **state)
{
	uint8_t data[MATCHER_BLOCK];

	(void)state;
	for (unsigned int width = 1; width <= 8; width *= 2) {
		uint64_t all = UINT64_MAX >> (64 - 8 * width);
		struct model models[] = {
			{ .width = width, .values = { { 0, 0 } }, .nr_values = 1 },
			{ .width = width, .values = { { all, all } }, .nr_values = 1 },
			{ .width = width, .values = { { 0, all } }, .nr_values = 1 },
			{ .width = width, .values = { { all / 2, all / 2 + 1 } }, .nr_values = 1 },
			{ .width = width, .values = { { 1, all } }, .nr_values = 1 },
			{ .width = width, .mask = all, .values = { { 7, 7 } }, .nr_values = 1 },
		};

		for (size_t i = 0; i < sizeof(data); i++)
			data[i] = (uint8_t)(i % 16 < 8 ? 0 : 0xff);
		data[sizeof(data) - 1] = 0x7f;
		for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
			expect_found(&models[i], data, sizeof(data), 0, false);
			expect_found(&models[i], data, sizeof(data), 0, true);
		}
	}
}

/* --- memory in pieces --- */

enum { MEMORY_SIZE = 1 << 20 };

struct pieces_of_memory {
	uint8_t *bytes;
	struct extent extents[400];
	size_t nr;
};

static void find_piece(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct pieces_of_memory *const *memory = dump->private;

	for (size_t i = 0; i < (*memory)->nr; i++)
		if (paddr <= (*memory)->extents[i].last) {
			*extent = (*memory)->extents[i];
			return;
		}
	*extent = (struct extent){ MEMORY_SIZE, UINT64_MAX, NULL, PAGE_ABSENT, 0, 0 };
}

static const struct dump_format format = {
	.name = "pieces",
	.private_size = sizeof(struct pieces_of_memory *),
	.find = find_piece,
};

/* Divides memory into pieces of any size, at any address and in any state. Pieces that read as
 * zeros are cleared. */
static void cut(struct pieces_of_memory *memory)
{
	static const uint32_t sizes[] = { 3, 300, 5000, 60000, 400000 };
	uint32_t at = 0, size;

	for (memory->nr = 0; at < MEMORY_SIZE; at += size) {
		enum page_state state =
			random_below(3) ? PAGE_PRESENT : random_below(NR_PAGE_STATES);

		size = 1 + random_below(sizes[random_below(5)]);
		if (memory->nr == 399 || size > MEMORY_SIZE - at)
			size = MEMORY_SIZE - at;
		if (state != PAGE_PRESENT)
			memset(memory->bytes + at, 0, size);
		memory->extents[memory->nr++] =
			(struct extent){ at,
					 at + size - 1,
					 state == PAGE_PRESENT ? memory->bytes + at : NULL,
					 state,
					 0,
					 0 };
	}
}

/* Adds a text that ends in a piece of zeros. */
static void cross_into_zeros(struct model *model, const struct pieces_of_memory *memory)
{
	for (size_t i = 1; i < memory->nr; i++) {
		const struct extent *piece = &memory->extents[i];
		uint8_t *at = memory->bytes + piece->first;

		if (piece->state != PAGE_ZERO || piece[-1].state != PAGE_PRESENT ||
		    piece->first < 2 || piece->last - piece->first < 600)
			continue;
		at[-2] = 'a';
		at[-1] = 'b';
		model->texts[0] = (struct bytes){ at - 2, 3 + random_below(250) };
		model->nr_texts += !model->nr_texts;
	}
}

static bool readable(const struct pieces_of_memory *memory, uint64_t paddr)
{
	for (size_t i = 0; i < memory->nr; i++)
		if (paddr <= memory->extents[i].last)
			return memory->extents[i].state <= PAGE_ZERO;
	return false;
}

struct found {
	uint64_t at[MEMORY_SIZE];
	size_t nr;
};

static bool note_hit(void *arg, const struct hit *hit)
{
	struct found *found = arg;

	assert_true(found->nr < MEMORY_SIZE);
	found->at[found->nr++] = hit->address;
	return true;
}

static bool go_on(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	assert_true(done <= total);
	return true;
}

/* Divides physical memory into pieces in random order, as in virtual memory. */
static size_t shuffle(struct search_range *ranges)
{
	uint64_t paddr = random_below(9), address = 0x100000 + paddr;
	size_t nr = 0;

	while (paddr < MEMORY_SIZE && nr < 64) {
		uint64_t size =
			random_below(4) ? 4096 * (1 + random_below(40)) : 1 + random_below(9000);

		if (size > MEMORY_SIZE - paddr || nr == 63)
			size = MEMORY_SIZE - paddr;
		ranges[nr++] = (struct search_range){ address, paddr, address + (size - 1) };
		paddr += size;
		address += size + (random_below(3) ? 0 : 4096);
	}
	for (size_t i = 1; i < nr; i++) {
		size_t other = random_below((uint32_t)nr);
		uint64_t one = ranges[i].last - ranges[i].address;

		if (ranges[other].last - ranges[other].address == one) {
			uint64_t moved = ranges[i].paddr;

			ranges[i].paddr = ranges[other].paddr;
			ranges[other].paddr = moved;
		}
	}
	return nr;
}

/* Copies each range of readable addresses, and checks each place in it. */
static void model_search(const struct model *model, const struct pieces_of_memory *memory,
			 const struct search_range *ranges, size_t nr, struct found *found)
{
	uint8_t *run = malloc(MEMORY_SIZE + 1);
	uint64_t start = 0, next = 0;
	size_t size = 0;

	for (size_t i = 0; i <= nr; i++) {
		uint64_t length = i < nr ? ranges[i].last - ranges[i].address + 1 : 1;

		for (uint64_t at = 0; at < length; at++) {
			bool there = i < nr && readable(memory, ranges[i].paddr + at);

			if (!there || ranges[i].address + at != next) {
				for (size_t k = 0; k < size; k++)
					if (model_hit(model, run, k, size, start + k))
						found->at[found->nr++] = start + k;
				size = 0;
				start = i < nr ? ranges[i].address + at : 0;
			}
			if (there)
				run[size++] = memory->bytes[ranges[i].paddr + at];
			else
				start++;
			next = i < nr ? ranges[i].address + at + 1 : 0;
		}
	}
	free(run);
}

static void all_threads_find_the_same(void **state)
{
	static const unsigned int threads[] = { 0, 1, 2, 5 };
	struct pieces_of_memory memory = { .bytes = malloc(MEMORY_SIZE) };
	struct pieces_of_memory *private = &memory;
	struct dump dump = { .format = &format, .private = &private };
	struct found *want = malloc(sizeof(*want)), *got = malloc(sizeof(*got));
	struct search_range ranges[64];

	(void)state;
	dump.file.fd = -1;
	for (int i = 0; i < 9; i++) {
		struct model model;
		struct matcher matcher;
		struct dump_survey first = { 0 };

		fill(memory.bytes, MEMORY_SIZE);
		cut(&memory);
		model = random_model(memory.bytes, MEMORY_SIZE);
		if (i % 3)
			cross_into_zeros(&model, &memory);
		matcher = matcher_of(&model, i % 2);
		struct search search = {
			.dump = &dump,
			.matcher = &matcher,
			.ranges = ranges,
			.nr_ranges = shuffle(ranges),
			.found = note_hit,
			.progress = go_on,
			.arg = got,
		};
		want->nr = 0;
		model_search(&model, &memory, ranges, search.nr_ranges, want);
		for (size_t k = 0; k < 4; k++) {
			got->nr = 0;
			search.nr_threads = threads[k];
			search.survey = (struct dump_survey){ 0 };
			assert_true(search_memory(&search, NULL));
			assert_int_equal(got->nr, want->nr);
			assert_memory_equal(got->at, want->at, want->nr * sizeof(want->at[0]));
			if (!k)
				first = search.survey;
			assert_memory_equal(first.bytes, search.survey.bytes, sizeof(first.bytes));
			assert_memory_equal(first.first, search.survey.first, sizeof(first.first));
		}
		matcher_release(&matcher);
	}
	free(want);
	free(got);
	free(memory.bytes);
}

static bool stop_at_once(void *arg, const struct hit *hit)
{
	note_hit(arg, hit);
	return false;
}

static void the_caller_can_end_it(void **state)
{
	struct pieces_of_memory memory = { .bytes = calloc(1, MEMORY_SIZE) };
	struct pieces_of_memory *private = &memory;
	struct dump dump = { .format = &format, .private = &private };
	struct model model = { .width = 8, .nr_values = 1 };
	struct matcher matcher = matcher_of(&model, false);
	struct search_range all = { 0, 0, UINT64_MAX };
	struct found *found = malloc(sizeof(*found));
	struct search search = {
		.dump = &dump,
		.matcher = &matcher,
		.ranges = &all,
		.nr_ranges = 1,
		.nr_threads = 3,
		.found = stop_at_once,
		.progress = go_on,
		.arg = found,
	};
	struct error err = { .code = ERROR_NONE };

	(void)state;
	memory.extents[0] = (struct extent){ 0, MEMORY_SIZE - 1, memory.bytes, PAGE_PRESENT, 0, 0 };
	memory.nr = 1;
	dump.file.fd = -1;
	found->nr = 0;
	assert_false(search_memory(&search, &err));
	assert_int_equal(err.code, ERROR_INTERRUPTED);
	assert_int_equal(found->nr, 1);
	/* The search continues to the last possible address, and skips the hole after the
	 * memory. */
	search.found = note_hit;
	search.survey = (struct dump_survey){ 0 };
	found->nr = 0;
	assert_true(search_memory(&search, &err));
	assert_int_equal(found->nr, MEMORY_SIZE / 8);
	assert_int_equal(search.survey.bytes[PAGE_PRESENT], MEMORY_SIZE);
	assert_int_equal(search.survey.first[PAGE_ABSENT], MEMORY_SIZE);
	assert_int_equal(search.survey.bytes[PAGE_ABSENT], -(uint64_t)MEMORY_SIZE);
	matcher_release(&matcher);
	free(found);
	free(memory.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place_is_found),
		cmocka_unit_test(one_byte_at_each_place),
		cmocka_unit_test(highest_and_lowest_values),
		cmocka_unit_test(all_threads_find_the_same),
		cmocka_unit_test(the_caller_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
