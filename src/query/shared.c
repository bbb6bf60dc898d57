/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/shared.h"

#include <inttypes.h>
#include <stdlib.h>

#include "query/translate.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"

enum {
	MAX_PAGES = 1 << 25,
	/* The limit for mappings is this number, plus the number of pages multiplied by (number of
	 * processes + 2). Large pages are split into pieces. So the limit is exceeded if damaged
	 * page tables contain too many overlapping large pages. */
	MAPPINGS_ALWAYS = 1 << 20,
};

struct shared {
	size_t nr_processes, nr_added;
	struct shared_page *page; /* owned */
	size_t nr, room;
	/* Used by shared_visit(): the pages that contain the current piece, sorted by process and
	 * address. */
	struct shared_page *active; /* owned */
	size_t nr_active;
};

struct shared *shared_create(size_t nr_processes, struct error *err)
{
	struct shared *shared = calloc(1, sizeof(*shared));

	if (shared)
		shared->nr_processes = nr_processes;
	else
		out_of_memory(err);
	return shared;
}

void shared_destroy(struct shared *shared)
{
	if (!shared)
		return;
	free(shared->page);
	free(shared->active);
	free(shared);
}

struct collection {
	struct shared *shared;
	const struct kernel *kernel;
	struct error trouble; /* code ERROR_NONE: there was no error */
};

static bool shared_add_page(struct shared *shared, const struct translation *translation,
			    uint64_t last, struct error *err)
{
	struct shared_page page = {
		.first = translation->physical,
		.last = translation->physical + (last - translation->walk.vaddr),
		.vaddr = translation->walk.vaddr,
		.process = shared->nr_added,
	};

	if (shared->nr == MAX_PAGES)
		return fail(
			err, ERROR_FORMAT,
			"more than %d pages: the page tables are damaged, or the answer is too large to be useful; the results so far are shown",
			MAX_PAGES);
	return array_add(&shared->page, &shared->nr, &shared->room, &page, sizeof(page)) ||
	       out_of_memory(err);
}

static bool collect_page(const struct translation *translation, uint64_t last, void *arg)
{
	struct collection *collection = arg;

	if (translation->has_physical &&
	    !shared_add_page(collection->shared, translation, last, &collection->trouble))
		return false;
	return !kernel_stopped(collection->kernel);
}

bool shared_add(struct shared *shared, struct kernel *kernel, const struct process *process,
		struct error *err)
{
	struct collection collection = { .shared = shared, .kernel = kernel };
	const struct page_range range = { .space = &process->user, .last = process->user_last };
	bool done = query_each_page(kernel, &range, collect_page, &collection, err);

	shared->nr_added++;
	if (collection.trouble.code)
		*err = collection.trouble;
	return done;
}

/* Compares by physical address, then by size (the larger page first), then by process, then by
 * virtual address. */
static int shared_compare_pages(const void *left, const void *right)
{
	const struct shared_page *a = left, *b = right;

	return COMPARE(a->first, b->first)	       ?:
		       COMPARE(b->last, a->last)       ?:
		       COMPARE(a->process, b->process) ?:
							 COMPARE(a->vaddr, b->vaddr);
}

static void leave_pages_before(struct shared *shared, uint64_t paddr)
{
	size_t kept = 0;

	for (size_t i = 0; i < shared->nr_active; i++)
		if (shared->active[i].last >= paddr)
			shared->active[kept++] = shared->active[i];
	shared->nr_active = kept;
}

static void enter_page(struct shared *shared, const struct shared_page *page)
{
	size_t at = shared->nr_active++;

	for (; at && shared->active[at - 1].process > page->process; at--)
		shared->active[at] = shared->active[at - 1];
	shared->active[at] = *page;
}

static bool all_have_it(const struct shared *shared)
{
	const struct shared_page *active = shared->active;
	size_t nr = 0;

	for (size_t i = 0; i < shared->nr_active; i++)
		nr += !i || active[i].process != active[i - 1].process;
	return nr == shared->nr_processes;
}

static uint64_t first_end(const struct shared *shared, uint64_t last)
{
	for (size_t i = 0; i < shared->nr_active; i++)
		if (shared->active[i].last < last)
			last = shared->active[i].last;
	return last;
}

/* A new piece begins wherever a page of any process begins, and after the end of any page. */
bool shared_visit(struct shared *shared, void (*visit)(void *arg, const struct shared_piece *piece),
		  struct kernel *kernel, void *arg, struct error *err)
{
	uint64_t nr_mappings = 0, at = 0;
	size_t next = 0;

	shared->active = calloc(shared->nr + 1, sizeof(*shared->active));
	if (!shared->active)
		return out_of_memory(err);
	if (!sort_items(shared->page, shared->nr, sizeof(*shared->page), shared_compare_pages,
			kernel->listener))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	while ((next < shared->nr || shared->nr_active) && !kernel_stopped(kernel)) {
		uint64_t last = UINT64_MAX;

		if (!shared->nr_active)
			at = shared->page[next].first;
		for (; next < shared->nr && shared->page[next].first == at; next++)
			enter_page(shared, &shared->page[next]);
		if (next < shared->nr)
			last = shared->page[next].first - 1;
		last = first_end(shared, last);
		nr_mappings += shared->nr_active;
		if (nr_mappings > MAPPINGS_ALWAYS + (shared->nr_processes + 2) * shared->nr)
			return fail(
				err, ERROR_FORMAT,
				"stopped at %" PRIx64 ", after %" PRIu64
				" mappings, because too many large pages overlap; the results so far are shown",
				at, nr_mappings);
		if (all_have_it(shared))
			visit(arg, &(struct shared_piece){ at, last, shared->active,
							   shared->nr_active });
		at = last + 1;
		leave_pages_before(shared, at);
	}
	return true;
}
