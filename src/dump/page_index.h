/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where pages are in a file that tells of each by itself: runs of frames whose
 * pages follow one another there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/dump.h"

struct page_run {
	uint64_t pfn, nr; /* nr > 0 */
	uint64_t offset; /* of the first page; UINT64_MAX: not known */
};

struct page_index {
	struct page_run
		*runs; /* owned; by frame, disjoint, once it is finished */
	size_t nr, room;
	/* Of page_index_page(): the last page, which waits for the next one, and
	 * the frame before it. */
	struct page_run last;
	uint64_t before;
	bool contradictory; /* a frame is told of twice, or out of order */
};

/* Joined to the run before it where both are one. False: out of memory. */
bool page_index_run(struct page_index *index, uint64_t pfn, uint64_t nr,
		    uint64_t offset);

/*
 * One page, as the file has them. Writers go through memory upwards, perhaps
 * several times. So where a page's neighbours fit each other and it does not
 * fit between them, its frame is wrong: pages of that frame and of those between
 * its neighbours are damaged. False: out of memory.
 */
bool page_index_page(struct page_index *index, uint64_t pfn, uint64_t offset);

/* After the last one. Which of two pages of one frame is right is not known:
 * both are damaged. False: out of memory. */
bool page_index_finish(struct page_index *index);
void page_index_release(struct page_index *index); /* zeroed is fine */

/* The run that holds paddr, PAGE_PRESENT or PAGE_DAMAGED, and the offset of its
 * first page; or the gap, PAGE_ABSENT. */
void page_index_find(const struct page_index *index, uint64_t paddr,
		     struct extent *extent, uint64_t *offset);

/* The same with data, for pages that stand in a file as they are. */
void page_index_extent(const struct page_index *index, struct bytes file,
		       uint64_t paddr, struct extent *extent);
