/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds values and texts in bytes. Values lie at addresses that are multiples of their
 * size, texts anywhere. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
	MATCHER_LONGEST = 256, /* most bytes of a text */
	MATCHER_BLOCK = 512, /* bytes that are looked at together */
	MATCHER_HULLS = 8,
};

/* Values from first to last, inclusive. */
struct value_range {
	uint64_t first, last;
};

struct matcher {
	unsigned int width; /* size of a value in bytes: 1, 2, 4 or 8 */
	uint64_t compared; /* mask of the bits that are compared */
	struct value_range *values; /* owned; after matcher_finish(): sorted, disjoint */
	size_t nr_values, room_values;
	struct bytes *texts; /* owned; their bytes are borrowed */
	size_t nr_texts, room_texts;
	/* Set by matcher_finish(): */
	size_t longest; /* bytes of the longest pattern */
	bool matches_zeros; /* bytes of zeros may match */
	struct value_range hulls[MATCHER_HULLS]; /* few ranges that together hold all values */
	size_t nr_hulls;
	/* Can a value that begins in the block match? NULL: the matcher has no values. */
	bool (*may_match)(const struct matcher *matcher, const uint8_t *block);
	bool (*may_hold)(const struct bytes *text, const uint8_t *block);
};

/* Creates a matcher without patterns. mask: the bits of a value to ignore. */
struct matcher matcher_create(unsigned int width, uint64_t mask);
/* Adds the values from first to last, inclusive; bits of the mask are ignored in both. False: out
 * of memory. */
bool matcher_add_values(struct matcher *matcher, uint64_t first, uint64_t last);
/* text: borrowed, of 1 to MATCHER_LONGEST bytes. */
bool matcher_add_text(struct matcher *matcher, struct bytes text);
/* Call this once, after the last pattern is added. At least one pattern is needed. */
void matcher_finish(struct matcher *matcher);
/* Like matcher_finish(), but does not use instructions of newer processors. For tests. */
void matcher_finish_plain(struct matcher *matcher);
void matcher_release(struct matcher *matcher);

struct hit {
	uint64_t address; /* address of the first byte */
	uint64_t value; /* the value without the mask applied; not set for a text */
	/* The longest text of the matcher at this address; NULL: the hit is a value. */
	const struct bytes *text;
};

struct hits {
	struct hit *at; /* owned */
	size_t nr, room;
	bool failed; /* out of memory: some are missing */
};

/* Bytes, and the range in them where patterns are searched. */
struct match_window {
	const uint8_t *data; /* borrowed */
	uint64_t address; /* address of data[0] */
	size_t size; /* size of data: patterns lie within it */
	size_t starts; /* patterns begin in data[0, starts) */
	size_t beyond; /* patterns end after data[beyond - 1] */
};

/* Adds all hits of the window to the list, once each and in the order of addresses. */
void matcher_find(const struct matcher *matcher, const struct match_window *window,
		  struct hits *hits);

/* Does this value match one of [range->first, range->last]? */
static inline bool value_in(const struct matcher *matcher, uint64_t value,
			    const struct value_range *range)
{
	value &= matcher->compared;
	return value >= range->first && value <= range->last;
}
