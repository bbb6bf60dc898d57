/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "dump/formats/overlap.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"

/* By address, then in the order of the file. */
static int compare_pieces(const void *a, const void *b)
{
	const struct extent *x = *(const struct extent *const *)a;
	const struct extent *y = *(const struct extent *const *)b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* size: at most a page. */
static bool read_piece(const struct dump *dump, const struct extent *piece, uint64_t paddr,
		       uint8_t *to, size_t size)
{
	if (!piece->data)
		return source_read(&dump->source, extent_offset(piece, paddr), to, size);
	memcpy(to, piece->data + (paddr - piece->first), size);
	return true;
}

/* Compares [start, last]: a sample of a long range's pages, and the last one. */
static bool same_content(const struct dump *dump, const struct extent *one,
			 const struct extent *two, uint64_t start, uint64_t last)
{
	enum { MOST_COMPARED = 32 /* pages: every start takes this time */ };
	uint64_t size = last - start + 1, end = 0, at = 0;
	uint64_t step = (size / PAGE_BYTES / MOST_COMPARED + 1) * PAGE_BYTES;

	if (size > PAGE_BYTES)
		end = size - PAGE_BYTES;
	for (;;) {
		uint8_t first[PAGE_BYTES], second[PAGE_BYTES];
		size_t part = size - at < PAGE_BYTES ? size - at : PAGE_BYTES;

		if (read_piece(dump, one, start + at, first, part) &&
		    read_piece(dump, two, start + at, second, part) && memcmp(first, second, part))
			return false;
		if (at >= end)
			return true;
		at = end - at < step ? end : at + step;
	}
}

/* Warns and returns true if two pieces hold the same memory with different bytes. The
 * core of a kdump has the kernel's image twice, with the same bytes. */
static bool differ(struct dump *dump, const struct extent *one, const struct extent *two,
		   const char *what)
{
	uint64_t start = two->first;
	uint64_t last = one->last < two->last ? one->last : two->last;
	uint64_t used = extent_offset(one < two ? one : two, start);
	uint64_t other = extent_offset(one < two ? two : one, start);

	if (used == other || same_content(dump, one, two, start, last))
		return false;
	dump_warn(dump,
		  "two %s hold physical %" PRIx64 " to %" PRIx64
		  " and differ: the one whose header comes first is read, from offset %#" PRIx64
		  ", and not the one from %#" PRIx64,
		  what, start, last, used, other);
	return true;
}

void overlap_warn(struct dump *dump, const struct pieces *pieces, const char *what)
{
	enum { MOST_PAIRS = 64 };
	const struct extent **sorted = calloc(pieces->nr + 1, sizeof(*sorted));
	const struct extent *before = NULL;
	size_t nr = 0, pairs = 0;

	for (size_t i = 0; sorted && i < pieces->nr; i++)
		if (pieces->at[i].state == PAGE_PRESENT)
			sorted[nr++] = &pieces->at[i];
	if (sorted)
		qsort(sorted, nr, sizeof(*sorted), compare_pieces);
	for (size_t i = 0; i < nr; i++) {
		bool overlap = before && sorted[i]->first <= before->last;

		if (overlap && pairs++ == MOST_PAIRS) {
			dump_warn(dump,
				  "its %s hold the same memory many times: whether with the same bytes was not compared from %" PRIx64
				  " on",
				  what, sorted[i]->first);
			break;
		}
		if (overlap && differ(dump, before, sorted[i], what))
			break;
		if (!before || sorted[i]->last > before->last)
			before = sorted[i];
	}
	free(sorted);
}
