/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Decides which bytes of unknown meaning may stay in an extracted dump because they cannot be
 * text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"
#include "extract/selection.h"

/* Clears the mask bits of runs of at least `shortest` printable bytes. Only bytes whose mask bits
 * are set belong to a run. Returns true if there was such a run. */
bool blank_text(const uint8_t page[PAGE_BYTES], uint8_t mask[PAGE_MASK_BYTES],
		unsigned int shortest);

/* Replaces each byte of a run of at least `shortest` printable bytes by 0xbd, so a structure that
 * text has overwritten still looks damaged. */
void blank_runs(uint8_t page[PAGE_BYTES], unsigned int shortest);

struct byte_range {
	uint64_t first, last; /* both inclusive */
};

enum { MOST_BLANK_RANGES = 48 };

/* The rules for recognising pointers of the kernel. */
struct blank_rules {
	unsigned int word; /* size of a pointer in bytes: 4 or 8 */
	/* Ranges of virtual addresses to which pointers may point. */
	struct byte_range range[MOST_BLANK_RANGES];
	unsigned int nr_ranges;
	/* Pointers to this range of virtual addresses do not stay. They point to the heads of a
	 * hash table of names, and the address of a head reveals the hash of a name. If last is 0,
	 * there is no such range. If nr_ranges is 0, no pointers stay at all. */
	struct byte_range hidden;
};

bool blank_is_pointer(const struct blank_rules *rules, uint64_t value);

/* Returns true if the number is too small to be text or a key. */
bool blank_is_small(uint64_t value);

/* Replaces words of four bytes in a page whose content is unknown. Bytes with a bit in `sure` do
 * not change. If a word has some such bytes, its other bytes become zero. A word without such bytes
 * stays if it is zero, part of a pointer of the kernel, or a number below 65536 that does not look
 * like text. All other words become PARTS_MARK (dump/parts.h). */
void blank_words(const struct blank_rules *rules, const uint8_t sure[PAGE_MASK_BYTES],
		 uint8_t page[PAGE_BYTES]);
