/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sorted, disjoint list of extents, made from pieces that may overlap. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "dump/dump.h"

struct extent_list {
	struct extent *extents; /* owned, by address, disjoint */
	size_t nr;
	bool whole; /* see extent_list_build() */
};

/* What data of whole pieces may point to: where in a file the memory from paddr
 * on is. */
struct place {
	uint64_t paddr, offset;
};

static inline uint64_t extent_offset(const struct extent *extent, uint64_t paddr)
{
	const struct place *place = (const void *)extent->data;

	return place->offset + (paddr - place->paddr);
}

/* Pieces as a file tells of them, in its order; zeroed is empty. */
struct pieces {
	struct extent *at; /* owned: free() it */
	size_t nr, room;
	size_t limit; /* more of them no sound file of this size can have */
};

/* Adds size bytes from paddr on, those behind the last address left out;
 * nothing where size is 0. False: too many, or out of memory. */
bool pieces_add(struct pieces *pieces, uint64_t paddr, uint64_t size,
		enum page_state state, const uint8_t *data);

/*
 * Lays nr pieces over one another. Where some overlap, the better state wins,
 * and of equal ones the one with the lower index: what a reader finds who goes
 * through the file from its start. O(n log n). whole: data is not the bytes but
 * stands for the piece, and each part of it that is seen has the same.
 * False only for lack of memory.
 */
bool extent_list_build(struct extent_list *list, const struct extent *pieces,
		       size_t nr, bool whole);
void extent_list_release(struct extent_list *list); /* zeroed is fine */

/*
 * For formats that need no more than such a list, which is then the dump's
 * private: open() ends with extents_take(), which frees the pieces and fails
 * where there are none; the others are close() and find().
 */
bool extents_take(struct dump *dump, struct pieces *pieces, struct error *err);
void extents_close(struct dump *dump);
void extents_find(struct dump *dump, uint64_t paddr, struct extent *extent);

/* The extent that holds paddr, or the gap around it as PAGE_ABSENT. */
void extent_list_find(const struct extent_list *list, uint64_t paddr,
		      struct extent *extent);
