/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

/* The number of items that one call of qsort() sorts, in a few milliseconds. */
enum { PIECE = 1 << 16 };

struct sorting {
	size_t nr, size; /* the number of items, and the size of an item in bytes */
	int (*compare)(const void *one, const void *two);
	const struct listener *listener;
};

static size_t sort_least(size_t one, size_t other)
{
	return one < other ? one : other;
}

/* Merges two adjacent sorted runs of `from` into `to`. The first run begins at item start and has
 * width items. The second run has at most width items. */
static bool sort_merge(const struct sorting *sorting, const char *from, char *to, size_t start,
		       size_t width)
{
	size_t middle = sort_least(start + width, sorting->nr);
	size_t end = sort_least(start + 2 * width, sorting->nr);
	size_t size = sorting->size, one = start, other = middle;

	for (size_t at = start; at < end; at++) {
		bool first = other == end ||
			     (one < middle &&
			      sorting->compare(from + one * size, from + other * size) <= 0);

		if (listener_stops_at(sorting->listener, at))
			return false;
		memcpy(to + at * size, from + (first ? one++ : other++) * size, size);
	}
	return true;
}

/* Merges each pair of adjacent sorted runs of width items. */
static bool merge_runs(const struct sorting *sorting, const char *from, char *to, size_t width)
{
	for (size_t start = 0; start < sorting->nr; start += 2 * width)
		if (!sort_merge(sorting, from, to, start, width))
			return false;
	return true;
}

static bool merge_all(const struct sorting *sorting, char *items)
{
	char *scratch = reallocarray(NULL, sorting->nr, sorting->size);
	char *from = items, *to = scratch;
	bool done = scratch;

	for (size_t width = PIECE; done && width < sorting->nr; width *= 2) {
		char *swap = from;

		done = merge_runs(sorting, from, to, width);
		if (done) {
			from = to;
			to = swap;
		}
	}
	if (from != items)
		memcpy(items, from, sorting->nr * sorting->size);
	free(scratch);
	return done;
}

bool sort_items(void *items, size_t nr, size_t size,
		int (*compare)(const void *one, const void *two), const struct listener *listener)
{
	const struct sorting sorting = { nr, size, compare, listener };
	char *at = items;

	for (size_t start = 0; start < nr; start += PIECE) {
		if (listener_stops(listener))
			return false;
		qsort(at + start * size, sort_least(nr - start, PIECE), size, compare);
	}
	return nr <= PIECE || merge_all(&sorting, at);
}
