/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A sorted list of disjoint address ranges, each in one state, built from pieces
 * that may overlap. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum page_state {
	PAGE_PRESENT,
	PAGE_ZERO, /* left out because it is all zeros: reads as zeros */
	PAGE_FILTERED, /* memory that was left out of the dump */
	PAGE_ABSENT, /* no memory: a device, a hole, or beyond the end */
	PAGE_TRUNCATED, /* the file ends before it */
	PAGE_DAMAGED, /* in the file, but it does not decode */
	NR_PAGE_STATES
};

/* The state of [first, last], both inclusive. */
struct extent {
	uint64_t first, last;
	const uint8_t *data; /* bytes at first, borrowed; NULL unless PAGE_PRESENT */
	enum page_state state;
	unsigned int file; /* the file of the dump that origin refers to, by dump_file(); 0: none */
	uint64_t origin; /* see extent_offset() */
};

struct extent_list {
	struct extent *extents; /* owned, sorted by address, disjoint */
	size_t nr;
};

/* File offset of paddr. The origin is the offset of address 0, modulo 2^64, so that
 * all parts of a piece have the same. */
static inline uint64_t extent_offset(const struct extent *extent, uint64_t paddr)
{
	return extent->origin + paddr;
}

/* Cuts an extent to [first, last], which it overlaps. */
static inline void extent_cut(struct extent *extent, uint64_t first, uint64_t last)
{
	if (extent->first < first) {
		if (extent->data)
			extent->data += first - extent->first;
		extent->first = first;
	}
	if (extent->last > last)
		extent->last = last;
}

/* The pieces of memory that a file describes, in file order; empty if zeroed. */
struct pieces {
	struct extent *at; /* owned: free() it */
	size_t nr, room;
	size_t limit; /* most pieces of a sound file; 0: no limit */
	bool failed; /* too many pieces, or out of memory: some are missing */
};

/* Adds size bytes from paddr on, cut at the last address; size 0 adds nothing. */
void pieces_add(struct pieces *pieces, uint64_t paddr, uint64_t size, enum page_state state,
		uint64_t origin);

/* The same of bytes that are there: at this offset of the file of this number, by
 * dump_file(), and at data, NULL where that file is not mapped. */
void pieces_add_bytes(struct pieces *pieces, uint64_t paddr, uint64_t size, const uint8_t *data,
		      unsigned int file, uint64_t offset);

/* Builds the list from nr pieces in O(n log n). Where pieces overlap, the lower state
 * wins, then the lower index. Joins neighbours of the same state and origin whose data
 * continues. False: out of memory. */
bool extent_list_build(struct extent_list *list, const struct extent *pieces, size_t nr);
void extent_list_release(struct extent_list *list); /* zeroed is fine */

/* The extent that holds paddr, or the gap around it as PAGE_ABSENT. */
void extent_list_find(const struct extent_list *list, uint64_t paddr, struct extent *extent);
