/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Decides which bytes without a known meaning may stay, and which are text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"
#include "extract/kept.h"

/* Clears the bits of bytes that stand in runs of at least shortest printable ones; of each run
 * all bytes must have their bits set. Returns whether there was any. */
bool blank_text(const uint8_t page[PAGE_BYTES], uint8_t mask[PAGE_MASK_BYTES],
		unsigned int shortest);

/* Replaces printable bytes in runs of at least shortest by 0xbd, so that a damaged structure
 * stays damaged. */
void blank_runs(uint8_t page[PAGE_BYTES], unsigned int shortest);

struct byte_range {
	uint64_t first, last; /* inclusive */
};

enum { MOST_BLANK_RANGES = 48 };

/* The rules for a pointer of the kernel. */
struct blank_rules {
	unsigned int word; /* bytes of a pointer: 4 or 8 */
	struct byte_range range[MOST_BLANK_RANGES]; /* that it may point to */
	unsigned int nr_ranges;
	/* No pointer to these addresses is kept: the heads of a hash table of names, as the head
	 * of its chain reveals the hash of a name. last 0: there is no such range. With
	 * nr_ranges 0 no pointer is kept at all. */
	struct byte_range hidden;
};

bool blank_is_pointer(const struct blank_rules *rules, uint64_t value);

/* Is it a number so small that it is neither text nor a key? */
bool blank_is_small(uint64_t value);

/* Goes through the words of a page whose bytes may mean anything. Bytes with their bit in sure
 * stay. Of other words, pointers of the kernel, zeros, and numbers below 65536 that do not look
 * like text stay. All others become PARTS_MARK (dump/parts.h); in a word with bytes that stay,
 * the others become zero. */
void blank_words(const struct blank_rules *rules, const uint8_t sure[PAGE_MASK_BYTES],
		 uint8_t page[PAGE_BYTES]);
