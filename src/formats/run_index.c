/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/run_index.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"
#include "base/ranges.h"

bool run_index_add(struct run_index *index, uint64_t paddr, uint64_t size,
		   uint64_t offset, enum page_state state)
{
	if (!size)
		return true;
	if (index->nr == index->room) {
		size_t room = index->room ? 2 * index->room : 256;
		struct run *runs = realloc(index->runs, room * sizeof(*runs));

		if (!runs)
			return false;
		index->runs = runs;
		index->room = room;
	}
	index->runs[index->nr++] =
		(struct run){ paddr, paddr + (size - 1), offset, state };
	return true;
}

static bool join(struct run_index *index, const struct run *page)
{
	struct run *last = index->nr ? &index->runs[index->nr - 1] : NULL;

	if (!last || last->state != PAGE_PRESENT ||
	    last->last + 1 != page->first ||
	    last->offset + (page->first - last->first) != page->offset)
		return run_index_add(index, page->first, PAGE_BYTES,
				     page->offset, PAGE_PRESENT);
	last->last = page->last;
	return true;
}

/* Enters the pending page; after is the address of the next page. */
static bool enter_pending(struct run_index *index, uint64_t after)
{
	const struct run *page = &index->pending;
	uint64_t before = index->before;

	if (!page->last)
		return true;
	if (!before || before > after ||
	    (before <= page->first && page->first < after)) {
		index->before = page->last + 1;
		return join(index, page);
	}
	index->contradictory = true;
	return run_index_add(index, page->first, PAGE_BYTES, page->offset,
			     PAGE_DAMAGED) &&
	       run_index_add(index, before, after - before, page->offset,
			     PAGE_DAMAGED);
}

bool run_index_add_page(struct run_index *index, uint64_t paddr,
			uint64_t offset)
{
	bool entered = enter_pending(index, paddr);

	index->pending =
		(struct run){ paddr, page_last(paddr), offset, PAGE_PRESENT };
	return entered;
}

static int compare_first(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

bool run_index_finish(struct run_index *index, const struct dump *dump,
		      struct error *err)
{
	struct run *kept;

	if (!enter_pending(index, 0))
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!index->nr)
		return fail(err, ERROR_FORMAT, "%s: has no memory in it",
			    dump->file.path);
	kept = index->runs;
	qsort(index->runs, index->nr, sizeof(*index->runs), compare_first);
	for (size_t i = 1; i < index->nr; i++) {
		const struct run *run = &index->runs[i];
		uint64_t last = run->last < kept->last ? run->last : kept->last;

		if (run->first > kept->last) {
			*++kept = *run;
			continue;
		}
		dump_trouble(dump,
			     "physical %" PRIx64 " to %" PRIx64
			     " is in the file twice, at offsets %#" PRIx64
			     " and %#" PRIx64,
			     run->first, last, kept->offset, run->offset);
		index->contradictory = true;
		kept->state = PAGE_DAMAGED;
		if (run->last > kept->last)
			kept->last = run->last;
	}
	index->nr = (size_t)(kept - index->runs) + 1;
	return true;
}

void run_index_release(struct run_index *index)
{
	free(index->runs);
	*index = (struct run_index){ 0 };
}

const struct run *run_index_find(const struct run_index *index, uint64_t paddr,
				 struct extent *extent)
{
	size_t at = RANGES_SEARCH(index->runs, index->nr, paddr);
	const struct run *run = index->runs + at;

	if (at < index->nr && run->first <= paddr) {
		*extent = (struct extent){ run->first, run->last, NULL,
					   run->state };
		return run;
	}
	*extent = (struct extent){
		.first = at ? (run - 1)->last + 1 : 0,
		.last = at < index->nr ? run->first - 1 : UINT64_MAX,
		.state = PAGE_ABSENT,
	};
	return NULL;
}
