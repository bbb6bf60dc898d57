/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Searches bytes for values and texts. A value is found only at an address that is a multiple of
 * its size. A text is found at any address. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
	MATCHER_LONGEST = 256, /* the largest size of a text in bytes */
	MATCHER_BLOCK = 512, /* the number of bytes that are tested at once */
	MATCHER_HULLS = 8,
};

/* The values from first to last, inclusive. */
struct value_range {
	uint64_t first, last;
};

struct matcher {
	unsigned int width; /* the size of a value in bytes: 1, 2, 4 or 8 */
	uint64_t compared; /* a mask of the bits that are compared; other bits are ignored */
	struct value_range *values; /* owned; sorted and disjoint after matcher_finish() */
	size_t nr_values, room_values;
	struct bytes *texts; /* owned; the bytes of the texts are borrowed */
	size_t nr_texts, room_texts;
	/* matcher_finish() sets the following members. */
	size_t longest; /* the size in bytes of the longest pattern */
	bool matches_zeros; /* zero bytes may be a match, or the start of a match */
	struct value_range hulls[MATCHER_HULLS]; /* a few ranges that together contain all values */
	size_t nr_hulls;
	/* Both test a block. may_match(): can a value that begins in the block match? NULL if the
	 * matcher has no values. may_hold(): can the text begin in the block? */
	bool (*may_match)(const struct matcher *matcher, const uint8_t *block);
	bool (*may_hold)(const struct bytes *text, const uint8_t *block);
};

/* Returns a matcher without patterns. `width` is the size of a value in bytes. The bits in mask are
 * ignored when values are compared. */
struct matcher matcher_create(unsigned int width, uint64_t mask);
/* Adds a pattern: the values from first to last, inclusive. In `first` and `last`, the ignored bits
 * have no meaning. Returns false if memory runs out. */
bool matcher_add_values(struct matcher *matcher, uint64_t first, uint64_t last);
/* Adds a pattern: a text of 1 to MATCHER_LONGEST bytes, which are borrowed. Returns false if memory
 * runs out. */
bool matcher_add_text(struct matcher *matcher, struct bytes text);
/* Prepares the matcher for matcher_find(). Must be called once, after the last pattern was added.
 * The matcher must have at least one pattern. */
void matcher_finish(struct matcher *matcher);
/* Like matcher_finish(), but without the instructions of newer processors. Only tests call this
 * function. */
void matcher_finish_plain(struct matcher *matcher);
void matcher_release(struct matcher *matcher);

struct hit {
	uint64_t address; /* the address of the first byte */
	uint64_t value; /* the value, including the ignored bits; not set if the hit is a text */
	/* If the hit is a text: the longest text of the matcher at this address. If it is a value:
	 * NULL. */
	const struct bytes *text;
};

struct hits {
	struct hit *at; /* owned */
	size_t nr, room;
	bool failed; /* memory ran out, so some hits are missing */
};

/* The bytes that are searched, and limits for the places of patterns. */
struct match_window {
	const uint8_t *data; /* borrowed */
	uint64_t address; /* the address of data[0] */
	size_t size; /* the size of data in bytes; a pattern must end within data */
	size_t starts; /* a pattern must begin in data[0, starts) */
	size_t beyond; /* the last byte of a pattern must be at data[beyond] or later */
};

/* Appends all hits of the window to *hits, once each, in ascending order of their addresses. */
void matcher_find(const struct matcher *matcher, const struct match_window *window,
		  struct hits *hits);

/* Is the value, without its ignored bits, in [range->first, range->last]? */
static inline bool number_in(const struct matcher *matcher, uint64_t value,
			     const struct value_range *range)
{
	value &= matcher->compared;
	return value >= range->first && value <= range->last;
}
