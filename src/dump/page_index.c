/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/page_index.h"

#include <stdlib.h>

static uint64_t end_of(const struct page_run *run)
{
	return run->pfn + run->nr;
}

bool page_index_run(struct page_index *index, uint64_t pfn, uint64_t nr,
		    uint64_t offset)
{
	struct page_run *last = index->nr ? &index->runs[index->nr - 1] : NULL;

	if (last && end_of(last) == pfn && last->offset != UINT64_MAX &&
	    last->offset + last->nr * CACHE_PAGE_SIZE == offset) {
		last->nr += nr;
		return true;
	}
	if (index->nr == index->room) {
		size_t room = index->room ? 2 * index->room : 64;
		struct page_run *runs =
			realloc(index->runs, room * sizeof(*runs));

		if (!runs)
			return false;
		index->runs = runs;
		index->room = room;
	}
	index->runs[index->nr++] = (struct page_run){ pfn, nr, offset };
	return true;
}

/* Enters the page that waits, when the frame behind it is known. */
static bool enter(struct page_index *index, uint64_t after)
{
	const struct page_run *last = &index->last;
	uint64_t before = index->before; /* one more than the frame; 0: none */

	if (!last->nr)
		return true;
	if (!before || before > after ||
	    (before <= last->pfn && last->pfn < after)) {
		index->before = last->pfn + 1;
		return page_index_run(index, last->pfn, 1, last->offset);
	}
	index->contradictory = true;
	return page_index_run(index, last->pfn, 1, UINT64_MAX) &&
	       (before == after ||
		page_index_run(index, before, after - before, UINT64_MAX));
}

bool page_index_page(struct page_index *index, uint64_t pfn, uint64_t offset)
{
	bool entered = enter(index, pfn);

	index->last = (struct page_run){ pfn, 1, offset };
	return entered;
}

static int compare_runs(const void *a, const void *b)
{
	const struct page_run *x = a, *y = b;

	return (x->pfn > y->pfn) - (x->pfn < y->pfn);
}

bool page_index_finish(struct page_index *index)
{
	struct page_run *kept = index->runs;

	if (!enter(index, 0))
		return false;
	kept = index->runs;
	if (!index->nr)
		return true;
	qsort(index->runs, index->nr, sizeof(*index->runs), compare_runs);
	for (size_t i = 1; i < index->nr; i++) {
		const struct page_run *run = &index->runs[i];

		if (run->pfn >= end_of(kept)) {
			*++kept = *run;
			continue;
		}
		index->contradictory = true;
		if (end_of(run) > end_of(kept))
			kept->nr = end_of(run) - kept->pfn;
		kept->offset = UINT64_MAX;
	}
	index->nr = (size_t)(kept - index->runs) + 1;
	return true;
}

void page_index_release(struct page_index *index)
{
	free(index->runs);
	*index = (struct page_index){ 0 };
}

/* The first run that ends above pfn. */
static size_t search(const struct page_index *index, uint64_t pfn)
{
	size_t low = 0, high = index->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (end_of(&index->runs[middle]) <= pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void page_index_find(const struct page_index *index, uint64_t paddr,
		     struct extent *extent, uint64_t *offset)
{
	uint64_t pfn = paddr >> CACHE_PAGE_SHIFT;
	size_t at = search(index, pfn);
	const struct page_run *run = index->runs + at;

	if (at < index->nr && run->pfn <= pfn) {
		*offset = run->offset;
		*extent = (struct extent){
			.first = run->pfn << CACHE_PAGE_SHIFT,
			.last = (end_of(run) << CACHE_PAGE_SHIFT) - 1,
			.state = run->offset == UINT64_MAX ? PAGE_DAMAGED :
							     PAGE_PRESENT,
		};
		return;
	}
	*extent = (struct extent){
		.first = at ? end_of(run - 1) << CACHE_PAGE_SHIFT : 0,
		.last = at < index->nr ? (run->pfn << CACHE_PAGE_SHIFT) - 1 :
					 UINT64_MAX,
		.state = PAGE_ABSENT,
	};
}

void page_index_extent(const struct page_index *index, struct bytes file,
		       uint64_t paddr, struct extent *extent)
{
	uint64_t offset, there;

	page_index_find(index, paddr, extent, &offset);
	if (extent->state != PAGE_PRESENT)
		return;
	/* Whole pages of it are in the file. */
	there = offset < file.size ? (file.size - offset) &
					     ~(uint64_t)(CACHE_PAGE_SIZE - 1) :
				     0;
	if (paddr - extent->first >= there) {
		extent->first += there;
		extent->state = PAGE_TRUNCATED;
		return;
	}
	if (extent->last - extent->first >= there)
		extent->last = extent->first + there - 1;
	extent->data = file.data + offset;
}
