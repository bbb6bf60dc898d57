/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A sorted list of disjoint address ranges, each with one state. The list is built from pieces that
 * may overlap. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum page_state {
	PAGE_PRESENT,
	PAGE_ZERO, /* left out because all its bytes are zero, so it can be read as zeros */
	PAGE_FILTERED, /* memory that the writer of the dump left out (filtered) */
	PAGE_ABSENT, /* not memory: an address of a device, in a hole, or beyond the end */
	PAGE_TRUNCATED, /* the file ends before the end of the page */
	PAGE_DAMAGED, /* the page is in the file, but cannot be decoded */
	NR_PAGE_STATES
};

/* A range of addresses that have the same state. `first` and `last` are inclusive. */
struct extent {
	uint64_t first, last;
	const uint8_t *data; /* the bytes at address `first`, borrowed; NULL unless PAGE_PRESENT */
	enum page_state state;
	/* The number of the file that contains the bytes (see dump_file()), or 0 if no file
	 * contains them in this form, for example because they are packed. */
	unsigned int file;
	uint64_t origin; /* see extent_offset() */
};

struct extent_list {
	struct extent *extents; /* owned; sorted by address, disjoint */
	size_t nr;
};

/* Returns the offset in the file of the byte at paddr. `origin` is the file offset of address 0,
 * modulo 2^64. All parts of a piece have the same origin. */
static inline uint64_t extent_offset(const struct extent *extent, uint64_t paddr)
{
	return extent->origin + paddr;
}

/* Cuts an extent to its part in [first, last]. This part must not be empty. */
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

/* The pieces of memory that a file describes, in the order of the file. A zeroed struct contains no
 * pieces. */
struct pieces {
	struct extent *at; /* owned; the owner must call free() */
	size_t nr, room;
	size_t limit; /* the most pieces that an undamaged file can have; 0: no limit */
	bool failed; /* there are too many pieces, or memory ran out, so some pieces are missing */
};

/* Adds a piece that starts at paddr and has size bytes. A piece that would extend beyond the last
 * address is cut. If size is 0, nothing is added. */
void pieces_add(struct pieces *pieces, uint64_t paddr, uint64_t size, enum page_state state,
		uint64_t origin);

/* Like pieces_add(), for a piece whose bytes are in a file. `file` is the number of the file (see
 * dump_file()), and `offset` is the file offset of the bytes. data points to the bytes, or is NULL
 * if the file is not mapped. */
void pieces_add_bytes(struct pieces *pieces, uint64_t paddr, uint64_t size, const uint8_t *data,
		      unsigned int file, uint64_t offset);

/* Builds the list from nr pieces in O(n log n). Where pieces overlap, the piece with the lower
 * state is used; if the states are equal, the piece with the lower index. Adjacent extents are
 * joined if their states and origins are equal and their data are contiguous. Returns false if
 * memory runs out. */
bool extent_list_build(struct extent_list *list, const struct extent *pieces, size_t nr);
/* *list may be zeroed. */
static inline void extent_list_release(struct extent_list *list)
{
	free(list->extents);
	*list = (struct extent_list){ 0 };
}

/* Finds the extent that contains paddr. If no extent contains paddr, *extent gets the gap around
 * paddr, with the state PAGE_ABSENT. */
void extent_list_find(const struct extent_list *list, uint64_t paddr, struct extent *extent);
