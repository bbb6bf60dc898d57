/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where memory is in a file that lists it piece by piece, in any order. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/dump.h"

/* Memory of one state that begins at one place of the file. */
struct run {
	uint64_t first, last; /* physical addresses, inclusive */
	uint64_t offset; /* file offset of what holds first */
	enum page_state state;
};

struct run_index {
	struct run *runs; /* owned; once finished, sorted and disjoint */
	size_t nr, room;
	bool contradictory; /* an address is in two runs, or a page out of order */
	/* Of run_index_add_page(): the last page, which waits for the next one, and
	 * the end address of the page before it; 0: none. */
	struct run pending;
	uint64_t before;
};

/* Adds size bytes from paddr on; nothing if size is 0. False: out of memory. */
bool run_index_add(struct run_index *index, uint64_t paddr, uint64_t size,
		   uint64_t offset, enum page_state state);

/*
 * Adds a page, in the order of the file, joined to the page before it if both are
 * adjacent in memory and in the file. Writers go through memory upwards, perhaps
 * several times. So if a page is not between its neighbours, which are in order
 * without it, its address is wrong: the page there and those between the
 * neighbours are PAGE_DAMAGED. False: out of memory.
 */
bool run_index_add_page(struct run_index *index, uint64_t paddr,
			uint64_t offset);

/* Sorts the runs. Which of two runs of one address is right is unknown: both are
 * PAGE_DAMAGED, and the dump's listener is told. Fails if there are none. */
bool run_index_finish(struct run_index *index, const struct dump *dump,
		      struct error *err);
void run_index_release(struct run_index *index); /* zeroed is fine */

/* The run that holds paddr, or NULL. extent gets its bounds and state without
 * data, or those of the gap, PAGE_ABSENT. */
const struct run *run_index_find(const struct run_index *index, uint64_t paddr,
				 struct extent *extent);
