/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/matcher.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/ranges.h"

/* --- the fast test of a whole block: can a pattern match in it? --- */

enum { LANES = 32 }; /* the size of a vector in bytes: one register with AVX2, two with SSE2 */

static inline __attribute__((always_inline)) bool any_set(const void *vector)
{
	uint64_t words[LANES / 8];

	memcpy(words, vector, sizeof(words));
	return words[0] | words[1] | words[2] | words[3];
}

// clang-format off
/* Dumps are little-endian, so on big-endian machines this swaps the bytes of each of the nr
 * lanes. */
#define NUMBERS_OF(BITS, lanes, nr)                                            \
	do {                                                                   \
		for (size_t lane = 0; BYTE_ORDER == BIG_ENDIAN && lane < (nr); \
		     lane++)                                                   \
			(lanes)[lane] = le##BITS##toh((lanes)[lane]);          \
	} while (0)
#define le8toh(value) (value)

/* Defines a function that compares all values of a block with each hull. If `exact` is true, each
 * hull is a single value. The loops have constant lengths and no branches, so that the compiler can
 * use vectors. */
#define DEFINE_MAY_MATCH(BITS)                                                 \
	typedef uint##BITS##_t lanes_##BITS                                    \
		__attribute__((vector_size(LANES)));                           \
	static inline __attribute__((always_inline)) bool may_match_##BITS(    \
		const struct matcher *matcher, const uint8_t *block,           \
		bool exact)                                                    \
	{                                                                      \
		lanes_##BITS any = { 0 };                                      \
		uint##BITS##_t compared = (uint##BITS##_t)matcher->compared;   \
                                                                               \
		for (size_t i = 0; i < matcher->nr_hulls; i++) {               \
			const struct value_range *hull = &matcher->hulls[i];   \
			uint##BITS##_t first = (uint##BITS##_t)hull->first;    \
			uint##BITS##_t span =                                  \
				(uint##BITS##_t)(hull->last - hull->first);    \
                                                                               \
			for (size_t at = 0; at < MATCHER_BLOCK; at += LANES) { \
				lanes_##BITS values;                           \
                                                                               \
				memcpy(&values, block + at, LANES);            \
				NUMBERS_OF(BITS, values, LANES / (BITS / 8));  \
				values &= compared;                            \
				any |= exact ? (lanes_##BITS)(values == first) : \
					       (lanes_##BITS)(values - first <= span); \
			}                                                      \
		}                                                              \
		return any_set(&any);                                          \
	}

DEFINE_MAY_MATCH(8)
DEFINE_MAY_MATCH(16)
DEFINE_MAY_MATCH(32)
DEFINE_MAY_MATCH(64)
// clang-format on

/* Can the text begin in the block? Only the first and the last byte of the text are compared, at
 * each place of the block. The function also reads the text->size - 1 bytes after the block. */
static inline __attribute__((always_inline)) bool matcher_may_hold_text(const struct bytes *text,
									const uint8_t *block)
{
	uint8_t first = text->data[0], last = text->data[text->size - 1];
	lanes_8 any = { 0 };

	for (size_t at = 0; at < MATCHER_BLOCK; at += LANES) {
		lanes_8 starts, ends;

		memcpy(&starts, block + at, LANES);
		memcpy(&ends, block + at + text->size - 1, LANES);
		any |= (lanes_8)(starts == first) & (lanes_8)(ends == last);
	}
	return any_set(&any);
}

// clang-format off
/* Defines the functions that are compiled for one instruction set. */
#define DEFINE_VARIANT(NAME, TARGET, BITS, EXACT)                              \
	TARGET static bool NAME##_##BITS(const struct matcher *matcher,        \
					 const uint8_t *block)                 \
	{                                                                      \
		return may_match_##BITS(matcher, block, EXACT);                \
	}
#define DEFINE_VARIANTS(NAME, TARGET)                                          \
	DEFINE_VARIANT(NAME##_within, TARGET, 8, false)                        \
	DEFINE_VARIANT(NAME##_within, TARGET, 16, false)                       \
	DEFINE_VARIANT(NAME##_within, TARGET, 32, false)                       \
	DEFINE_VARIANT(NAME##_within, TARGET, 64, false)                       \
	DEFINE_VARIANT(NAME##_equal, TARGET, 8, true)                          \
	DEFINE_VARIANT(NAME##_equal, TARGET, 16, true)                         \
	DEFINE_VARIANT(NAME##_equal, TARGET, 32, true)                         \
	DEFINE_VARIANT(NAME##_equal, TARGET, 64, true)                         \
	TARGET static bool NAME##_hold(const struct bytes *text,               \
				       const uint8_t *block)                   \
	{                                                                      \
		return matcher_may_hold_text(text, block);                             \
	}                                                                      \
	static const struct variants NAME##_variants = {                       \
		{ { NAME##_within_8, NAME##_within_16, NAME##_within_32,       \
		    NAME##_within_64 },                                        \
		  { NAME##_equal_8, NAME##_equal_16, NAME##_equal_32,          \
		    NAME##_equal_64 } },                                       \
		NAME##_hold,                                                   \
	};

// clang-format on

struct variants {
	/* The first index is 1 if each hull is a single value, and 0 if not. The second index is
	 * log2 of the width. */
	bool (*may_match[2][4])(const struct matcher *matcher, const uint8_t *block);
	bool (*may_hold)(const struct bytes *text, const uint8_t *block);
};

DEFINE_VARIANTS(plain, )
#if defined(__x86_64__) || defined(__i386__)
DEFINE_VARIANTS(avx2, __attribute__((target("avx2"))))
#endif

/* --- patterns --- */

struct matcher matcher_create(unsigned int width, uint64_t mask)
{
	uint64_t all = UINT64_MAX >> (64 - 8 * width);

	return (struct matcher){ .width = width, .compared = all & ~mask };
}

bool matcher_add_values(struct matcher *matcher, uint64_t first, uint64_t last)
{
	struct value_range range = { first & matcher->compared, last & matcher->compared };

	return array_add(&matcher->values, &matcher->nr_values, &matcher->room_values, &range,
			 sizeof(range));
}

bool matcher_add_text(struct matcher *matcher, struct bytes text)
{
	return array_add(&matcher->texts, &matcher->nr_texts, &matcher->room_texts, &text,
			 sizeof(text));
}

/* Sorts the ranges of values, and joins ranges that overlap. */
static void sort_values(struct matcher *matcher)
{
	struct value_range *values = matcher->values;
	size_t nr = 0;

	if (!matcher->nr_values)
		return;
	qsort(values, matcher->nr_values, sizeof(*values), ranges_compare);
	for (size_t i = 1; i < matcher->nr_values; i++) {
		if (values[i].first > values[nr].last)
			values[++nr] = values[i];
		else if (values[i].last > values[nr].last)
			values[nr].last = values[i].last;
	}
	matcher->nr_values = nr + 1;
}

/* Finds the widest gap between two adjacent ranges. The nr ranges must be sorted. Returns the index
 * of the range before the gap, and sets *gap to the width of the gap. */
static size_t widest_gap(const struct value_range *values, size_t nr, uint64_t *gap)
{
	size_t at = 0;

	*gap = 0;
	for (size_t i = 0; i + 1 < nr; i++) {
		uint64_t here = values[i + 1].first - values[i].last;

		if (here > *gap) {
			*gap = here;
			at = i;
		}
	}
	return at;
}

/* Finds at most MATCHER_HULLS ranges that together contain all values. They are found by splitting
 * the values at the widest gaps. */
static void find_hulls(struct matcher *matcher)
{
	const struct value_range *values = matcher->values;
	size_t start[MATCHER_HULLS + 1] = { 0, matcher->nr_values }, nr = 1;

	while (nr < MATCHER_HULLS && nr < matcher->nr_values) {
		uint64_t widest = 0, gap;
		size_t hull = 0, cut = 0;

		for (size_t i = 0; i < nr; i++) {
			size_t at = widest_gap(values + start[i], start[i + 1] - start[i], &gap);

			if (gap > widest) {
				widest = gap;
				hull = i;
				cut = start[i] + at + 1;
			}
		}
		memmove(start + hull + 2, start + hull + 1, (nr - hull) * sizeof(*start));
		start[hull + 1] = cut;
		nr++;
	}
	for (size_t i = 0; i < nr; i++)
		matcher->hulls[i] = (struct value_range){ values[start[i]].first,
							  values[start[i + 1] - 1].last };
	matcher->nr_hulls = nr;
}

static bool value_matches(const struct matcher *matcher, uint64_t value)
{
	const struct value_range *values = matcher->values;
	size_t at;

	value &= matcher->compared;
	at = RANGES_SEARCH(values, matcher->nr_values, value);
	return at < matcher->nr_values && values[at].first <= value;
}

static void dump_matcher_finish(struct matcher *matcher, const struct variants *variants)
{
	bool exact = true;

	sort_values(matcher);
	if (matcher->nr_values) {
		find_hulls(matcher);
		matcher->longest = matcher->width;
		matcher->matches_zeros = value_matches(matcher, 0);
		for (size_t i = 0; i < matcher->nr_hulls; i++)
			exact &= matcher->hulls[i].first == matcher->hulls[i].last;
		matcher->may_match = variants->may_match[exact][__builtin_ctz(matcher->width)];
	}
	matcher->may_hold = variants->may_hold;
	for (size_t i = 0; i < matcher->nr_texts; i++) {
		const struct bytes *text = &matcher->texts[i];

		if (text->size > matcher->longest)
			matcher->longest = text->size;
		matcher->matches_zeros |= !text->data[0];
	}
}

void matcher_finish(struct matcher *matcher)
{
	const struct variants *variants = &plain_variants;

#if defined(__x86_64__) || defined(__i386__)
	if (__builtin_cpu_supports("avx2"))
		variants = &avx2_variants;
#endif
	dump_matcher_finish(matcher, variants);
}

void matcher_finish_plain(struct matcher *matcher)
{
	dump_matcher_finish(matcher, &plain_variants);
}

void matcher_release(struct matcher *matcher)
{
	free(matcher->values);
	free(matcher->texts);
	*matcher = (struct matcher){ 0 };
}

/* --- the exact search --- */

/* Returns the longest text of the matcher that is at data[at], or NULL if none is there. */
static const struct bytes *text_at(const struct matcher *matcher, const struct match_window *window,
				   size_t at)
{
	const uint8_t *data = window->data;
	const struct bytes *found = NULL;

	for (size_t i = 0; i < matcher->nr_texts; i++) {
		const struct bytes *text = &matcher->texts[i];

		if (text->size <= window->size - at && at + text->size > window->beyond &&
		    (!found || text->size > found->size) && data[at] == text->data[0] &&
		    !memcmp(data + at, text->data, text->size))
			found = text;
	}
	return found;
}

static bool value_at(const struct matcher *matcher, const struct match_window *window, size_t at,
		     uint64_t *value)
{
	size_t width = matcher->width;

	if (!matcher->nr_values || (window->address + at) % width || width > window->size - at ||
	    at + width <= window->beyond)
		return false;
	*value = load_le(window->data + at, width);
	return value_matches(matcher, *value);
}

/* Tests each place in data[from, to) for all patterns, and adds the hits. */
static void matcher_find_in(const struct matcher *matcher, const struct match_window *window,
			    size_t from, size_t to, struct hits *hits)
{
	size_t step = 1;

	if (!matcher->nr_texts) {
		step = matcher->width;
		from += -(window->address + from) % step;
	}
	for (size_t at = from; at < to; at += step) {
		struct hit hit = { .address = window->address + at };

		if (!value_at(matcher, window, at, &hit.value)) {
			hit.text = text_at(matcher, window, at);
			if (!hit.text)
				continue;
		}
		if (!array_add(&hits->at, &hits->nr, &hits->room, &hit, sizeof(hit)))
			hits->failed = true;
	}
}

static bool block_may_match(const struct matcher *matcher, const uint8_t *block)
{
	if (matcher->may_match && matcher->may_match(matcher, block))
		return true;
	for (size_t i = 0; i < matcher->nr_texts; i++)
		if (matcher->may_hold(&matcher->texts[i], block))
			return true;
	return false;
}

void matcher_find(const struct matcher *matcher, const struct match_window *window,
		  struct hits *hits)
{
	size_t starts = window->starts < window->size ? window->starts : window->size;
	/* Blocks must begin at addresses that are multiples of the width. */
	size_t at = -window->address % matcher->width;
	/* block_may_match() reads at most this number of bytes. */
	size_t reach = MATCHER_BLOCK;

	if (matcher->nr_texts)
		reach += matcher->longest;
	if (at > starts)
		at = starts;
	matcher_find_in(matcher, window, 0, at, hits);
	for (; at < starts; at += MATCHER_BLOCK) {
		size_t end = starts - at < MATCHER_BLOCK ? starts : at + MATCHER_BLOCK;

		if (window->size - at < reach || block_may_match(matcher, window->data + at))
			matcher_find_in(matcher, window, at, end, hits);
	}
}
