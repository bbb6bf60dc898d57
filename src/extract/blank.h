/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Decides which bytes of unknown meaning may stay, and which may be text. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"
#include "extract/kept.h"

/* Clears the bits of bytes in runs of at least shortest printable bytes. All bytes of a run must
 * have their bits set. Returns whether there was such a run. */
bool blank_text(const uint8_t page[PAGE_BYTES], uint8_t mask[PAGE_MASK_BYTES],
		unsigned int shortest);

/* Replaces printable bytes in runs of at least shortest bytes by 0xbd, so that a damaged structure
 * stays damaged. */
void blank_runs(uint8_t page[PAGE_BYTES], unsigned int shortest);

struct byte_range {
	uint64_t first, last; /* both inclusive */
};

enum { MOST_BLANK_RANGES = 48 };

/* The rules for pointers of the kernel. */
struct blank_rules {
	unsigned int word; /* bytes of a pointer: 4 or 8 */
	struct byte_range range[MOST_BLANK_RANGES]; /* addresses that a pointer may have */
	unsigned int nr_ranges;
	/* Pointers to these addresses are not kept: they are heads of a hash table of names, and
	 * the head of a chain reveals the hash of a name. last 0: there is no such range. With
	 * nr_ranges 0 no pointers are kept. */
	struct byte_range hidden;
};

bool blank_is_pointer(const struct blank_rules *rules, uint64_t value);

/* Is the number too small to be text or a key? */
bool blank_is_small(uint64_t value);

/* Goes through the words of a page whose bytes may mean anything. Bytes with their bit in sure
 * stay. Other words stay if they are pointers of the kernel, zeros, or numbers below 65536 that do
 * not look like text. All other words become PARTS_MARK (dump/parts.h); if some bytes of such a
 * word stay, its other bytes become zero. */
void blank_words(const struct blank_rules *rules, const uint8_t sure[PAGE_MASK_BYTES],
		 uint8_t page[PAGE_BYTES]);
