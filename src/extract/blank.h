/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Decides which bytes of unknown meaning may stay in an extracted dump, because they cannot be
 * text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"
#include "extract/kept.h"

/* Clears the mask bits of printable bytes, in runs of at least `shortest` printable bytes. All
 * bytes of a run must have their mask bits set. Returns true if there was such a run. */
bool blank_text(const uint8_t page[PAGE_BYTES], uint8_t mask[PAGE_MASK_BYTES],
		unsigned int shortest);

/* Replaces the bytes of each run of at least `shortest` printable bytes by 0xbd. So a damaged
 * structure stays damaged. */
void blank_runs(uint8_t page[PAGE_BYTES], unsigned int shortest);

struct byte_range {
	uint64_t first, last; /* both inclusive */
};

enum { MOST_BLANK_RANGES = 48 };

/* The rules for recognising pointers of the kernel. */
struct blank_rules {
	unsigned int word; /* size of a pointer in bytes: 4 or 8 */
	/* Ranges of virtual addresses that pointers may point to. */
	struct byte_range range[MOST_BLANK_RANGES];
	unsigned int nr_ranges;
	/* Pointers to these addresses do not stay. They point to heads of a hash table of names,
	 * and the place of a head reveals the hash of a name. last 0: there is no such range. If
	 * nr_ranges is 0, no pointers stay. */
	struct byte_range hidden;
};

bool blank_is_pointer(const struct blank_rules *rules, uint64_t value);

/* Returns true if the number is too small to be text or a key. */
bool blank_is_small(uint64_t value);

/* Replaces words of a page with unknown content. A byte whose bit in sure is set stays. A word of
 * four bytes without such a byte stays if it is part of a pointer of the kernel, zero, or a number
 * below 65536 that does not look like text; otherwise it becomes PARTS_MARK (dump/parts.h). If only
 * some bytes of a word have their bits set, its other bytes become zero. */
void blank_words(const struct blank_rules *rules, const uint8_t sure[PAGE_MASK_BYTES],
		 uint8_t page[PAGE_BYTES]);
