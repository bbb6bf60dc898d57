/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A sorted list of disjoint address ranges, which is built from pieces that may overlap. Each range
 * has one state. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum page_state {
	PAGE_PRESENT,
	PAGE_ZERO, /* left out because all bytes are zero; read as zeros */
	PAGE_FILTERED, /* memory that the writer of the dump left out */
	PAGE_ABSENT, /* no memory: a device, a hole, or an address beyond the end */
	PAGE_TRUNCATED, /* the file ends before the page */
	PAGE_DAMAGED, /* in the file, but cannot be decoded */
	NR_PAGE_STATES
};

/* A range of addresses in one state. first and last are inclusive. */
struct extent {
	uint64_t first, last;
	const uint8_t *data; /* bytes at address first, borrowed; NULL unless PAGE_PRESENT */
	enum page_state state;
	/* The number of the file that contains the bytes (see dump_file()), or 0 if there is no
	 * file. */
	unsigned int file;
	uint64_t origin; /* see extent_offset() */
};

struct extent_list {
	struct extent *extents; /* owned, sorted by address, disjoint */
	size_t nr;
};

/* The file offset of paddr. origin is the file offset of address 0, modulo 2^64, so that all parts
 * of a piece have the same origin. */
static inline uint64_t extent_offset(const struct extent *extent, uint64_t paddr)
{
	return extent->origin + paddr;
}

/* Cuts an extent to its part in [first, last]. The two ranges must overlap. */
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

/* The pieces of memory that a file describes, in file order. A zeroed struct is empty. */
struct pieces {
	struct extent *at; /* owned; freed using free() */
	size_t nr, room;
	size_t limit; /* the most pieces of an undamaged file; 0: no limit */
	bool failed; /* too many pieces, or no memory; some pieces are missing */
};

/* Adds a piece of size bytes from paddr on, which is cut at the last address. If size is 0, nothing
 * is added. */
void pieces_add(struct pieces *pieces, uint64_t paddr, uint64_t size, enum page_state state,
		uint64_t origin);

/* Like pieces_add(), for bytes that the dump has. offset is the bytes' offset in the file with this
 * number (see dump_file()). data points to the bytes, or is NULL if the file is not mapped. */
void pieces_add_bytes(struct pieces *pieces, uint64_t paddr, uint64_t size, const uint8_t *data,
		      unsigned int file, uint64_t offset);

/* Builds the list from nr pieces in O(n log n). Where pieces overlap, the piece with the lower
 * state is used, and if the states are equal, the piece with the lower index. Neighbours are joined
 * if their states and origins are equal and their data is contiguous. Returns false if memory runs
 * out. */
bool extent_list_build(struct extent_list *list, const struct extent *pieces, size_t nr);
void extent_list_release(struct extent_list *list); /* may be zeroed */

/* Finds the extent that contains paddr. If there is none, *extent gets the gap around paddr as
 * PAGE_ABSENT. */
void extent_list_find(const struct extent_list *list, uint64_t paddr, struct extent *extent);
