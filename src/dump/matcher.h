/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds values and texts in bytes. Values are at addresses that are multiples of their size; texts
 * are at any address. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
	MATCHER_LONGEST = 256, /* the most bytes of a text */
	MATCHER_BLOCK = 512, /* the number of bytes that are compared at once */
	MATCHER_HULLS = 8,
};

/* Values from first to last, inclusive. */
struct value_range {
	uint64_t first, last;
};

struct matcher {
	unsigned int width; /* size of a value in bytes: 1, 2, 4 or 8 */
	uint64_t compared; /* mask of the bits that are compared */
	struct value_range *values; /* owned; sorted and disjoint after matcher_finish() */
	size_t nr_values, room_values;
	struct bytes *texts; /* owned; their bytes are borrowed */
	size_t nr_texts, room_texts;
	/* Set by matcher_finish(): */
	size_t longest; /* size in bytes of the longest pattern */
	bool matches_zeros; /* zero bytes may match */
	struct value_range hulls[MATCHER_HULLS]; /* a few ranges that together contain all values */
	size_t nr_hulls;
	/* Can a value that begins in the block match? NULL if the matcher has no values. */
	bool (*may_match)(const struct matcher *matcher, const uint8_t *block);
	bool (*may_hold)(const struct bytes *text, const uint8_t *block);
};

/* Creates a matcher without patterns. width is the size of a value in bytes. mask contains the bits
 * of a value that are ignored. */
struct matcher matcher_create(unsigned int width, uint64_t mask);
/* Adds the values from first to last, inclusive. The bits of mask are ignored in both. Returns
 * false if memory runs out. */
bool matcher_add_values(struct matcher *matcher, uint64_t first, uint64_t last);
/* Adds a text of 1 to MATCHER_LONGEST bytes, which are borrowed. Returns false if memory runs
 * out. */
bool matcher_add_text(struct matcher *matcher, struct bytes text);
/* Must be called once, after the last pattern was added. There must be at least one pattern. */
void matcher_finish(struct matcher *matcher);
/* Like matcher_finish(), but does not use instructions of newer processors. Used by tests. */
void matcher_finish_plain(struct matcher *matcher);
void matcher_release(struct matcher *matcher);

struct hit {
	uint64_t address; /* address of the first byte */
	uint64_t value; /* all bits of the value; not set for a text */
	/* The longest text at this address that the matcher has, or NULL if the hit is a value. */
	const struct bytes *text;
};

struct hits {
	struct hit *at; /* owned */
	size_t nr, room;
	bool failed; /* memory ran out; some hits are missing */
};

/* Bytes, and the part of them that is searched for patterns. */
struct match_window {
	const uint8_t *data; /* borrowed */
	uint64_t address; /* address of data[0] */
	size_t size; /* size of data in bytes; patterns must end within data */
	size_t starts; /* patterns must begin in data[0, starts) */
	size_t beyond; /* the last byte of a pattern must be at data[beyond] or after */
};

/* Adds all hits of the window to the list, in the order of addresses. Each hit is added once. */
void matcher_find(const struct matcher *matcher, const struct match_window *window,
		  struct hits *hits);

/* Is the value in [range->first, range->last], if only the compared bits are regarded? */
static inline bool value_in(const struct matcher *matcher, uint64_t value,
			    const struct value_range *range)
{
	value &= matcher->compared;
	return value >= range->first && value <= range->last;
}
