/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/elf_overlap.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"

enum { MOST_COMPARED = 4096 /* pages */ };

static int compare_pieces(const void *a, const void *b)
{
	const struct extent *x = *(const struct extent *const *)a;
	const struct extent *y = *(const struct extent *const *)b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x < y ? -1 : x > y;
}

static uint64_t offset_of(const struct dump *dump, const struct extent *piece,
			  uint64_t paddr, bool whole)
{
	if (whole)
		return extent_offset(piece, paddr);
	return (uint64_t)(piece->data - dump->source.file.data) +
	       (paddr - piece->first);
}

static bool same_bytes(const struct source *source, uint64_t one, uint64_t two,
		       size_t size)
{
	uint8_t first[PAGE_BYTES], second[PAGE_BYTES];
	const uint8_t *a = source_view(source, one, size, first);
	const uint8_t *b = source_view(source, two, size, second);

	return !a || !b || !memcmp(a, b, size);
}

/* Compares a sample of a long range's pages, and the last one. */
static bool same_content(const struct source *source, uint64_t one,
			 uint64_t two, uint64_t size)
{
	uint64_t step = (size / PAGE_BYTES / MOST_COMPARED + 1) * PAGE_BYTES;

	for (uint64_t at = 0; at < size; at += step) {
		size_t part = size - at < PAGE_BYTES ? (size_t)(size - at) : PAGE_BYTES;

		if (!same_bytes(source, one + at, two + at, part))
			return false;
	}
	return size < PAGE_BYTES || same_bytes(source, one + size - PAGE_BYTES,
					 two + size - PAGE_BYTES, PAGE_BYTES);
}

/* Warns and returns true if the two differ. */
static bool compare(struct dump *dump, const struct extent *one,
		    const struct extent *two, bool whole)
{
	const struct extent *first = one < two ? one : two;
	uint64_t start = two->first;
	uint64_t last = one->last < two->last ? one->last : two->last;
	uint64_t used = offset_of(dump, first, start, whole);
	uint64_t other = offset_of(dump, first == one ? two : one, start, whole);

	if (used == other ||
	    same_content(&dump->source, used, other, last - start + 1))
		return false;
	dump_warn(
		dump,
		"two segments hold physical %" PRIx64 " to %" PRIx64
		" and differ: the one whose header comes first is read, from offset %#" PRIx64
		", and not the one from %#" PRIx64,
		start, last, used, other);
	return true;
}

void elf_overlap_warn(struct dump *dump, const struct pieces *pieces, bool whole)
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
	for (size_t i = 0; i < nr && pairs < MOST_PAIRS; i++) {
		bool overlap = before && sorted[i]->first <= before->last;

		pairs += overlap;
		if (overlap && compare(dump, before, sorted[i], whole))
			break;
		if (!before || sorted[i]->last > before->last)
			before = sorted[i];
	}
	free(sorted);
}
