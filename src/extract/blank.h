/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What may stay of bytes whose meaning is not known, and what is text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"
#include "extract/kept.h"

/* Clears the bits of bytes that stand in runs of at least shortest printable ones; of each run
 * all bytes must have their bits set. Returns whether there was any. */
bool blank_text(const uint8_t page[PAGE_BYTES], uint8_t mask[PAGE_MASK_BYTES],
		unsigned int shortest);

/* Puts 0xbd in the place of printable bytes in runs of at least shortest: what is damaged stays
 * so. */
void blank_runs(uint8_t page[PAGE_BYTES], unsigned int shortest);

struct byte_range {
	uint64_t first, last; /* inclusive */
};

enum { MOST_BLANK_RANGES = 48 };

/* What a pointer of the kernel is. */
struct blank_rules {
	unsigned int word; /* bytes of a pointer: 4 or 8 */
	struct byte_range range[MOST_BLANK_RANGES]; /* that it may point to */
	unsigned int nr_ranges;
	/* Addresses that no pointer that is kept may have: the heads of a hash table of
	 * names, as the head that a name hangs on reveals the hash of the name. last 0: there
	 * is no such range. With nr_ranges 0 no pointer is kept at all. */
	struct byte_range hidden;
};

bool blank_is_pointer(const struct blank_rules *rules, uint64_t value);

/* Is it a number so small that it is neither text nor a key? */
bool blank_is_small(uint64_t value);

/* Goes through the words of a page whose bytes may mean anything. What has its bit in sure stays.
 * Of the others, pointers of the kernel, zeros, and numbers below 65536 that do not look like
 * text stay; all else becomes PARTS_MARK (dump/parts.h), and zero beside bytes that stay in a
 * word. */
void blank_words(const struct blank_rules *rules, const uint8_t sure[PAGE_MASK_BYTES],
		 uint8_t page[PAGE_BYTES]);
