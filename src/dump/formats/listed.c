/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/listed.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"
#include "base/ranges.h"

struct listed_place listed_place_whole(const struct dump *dump, unsigned int number)
{
	const struct file *file = dump_file(dump, number);

	return (struct listed_place){ file, number, 0, file->size };
}

uint64_t extents_add(struct pieces *pieces, const struct listed_place *place, uint64_t offset,
		     uint64_t paddr, uint64_t size)
{
	uint64_t in_file = offset < place->size ? place->size - offset : 0;
	const struct file *file = place->file;

	in_file = smaller_of(in_file, size);
	offset += place->start;
	if (in_file)
		pieces_add_bytes(pieces, paddr, in_file,
				 file->too_large ? NULL : file->bytes.data + offset, place->number,
				 offset);
	pieces_add(pieces, paddr + in_file, size - in_file, PAGE_TRUNCATED, 0);
	return size - in_file;
}

void extent_take_place(const struct dump *dump, struct extent *extent)
{
	const uint8_t *mapped = dump->source.mapped;

	extent->file = 1;
	extent->data = mapped ? mapped + extent_offset(extent, extent->first) : NULL;
}

bool extents_take(struct dump *dump, struct pieces *pieces, struct error *err)
{
	bool ok = false;

	if (!pieces->failed && !pieces->nr)
		dump_fail(dump, err, "has no memory in it");
	else if (pieces->failed || !extent_list_build(dump->private, pieces->at, pieces->nr))
		out_of_memory(err);
	else
		ok = true;
	free(pieces->at);
	*pieces = (struct pieces){ 0 };
	return ok;
}

void extents_close(struct dump *dump)
{
	extent_list_release(dump->private);
}

void extents_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	extent_list_find(dump->private, paddr, extent);
}

void extents_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct extent_list *list = dump->private;

	for (size_t i = 0; i < list->nr; i++)
		dump_survey_add(survey, list->extents[i].state, list->extents[i].first,
				list->extents[i].last - list->extents[i].first + 1);
}

/* --- pieces that overlap --- */

/* Compares pieces by their first address. If the addresses are equal, compares the pieces by their
 * index. */
static int compare_pieces(const void *a, const void *b)
{
	const struct extent *x = *(const struct extent *const *)a;
	const struct extent *y = *(const struct extent *const *)b;

	return COMPARE(x->first, y->first) ?: COMPARE(x, y);
}

/* Reads size bytes of a piece, from paddr on. size is at most the size of a page. */
static bool read_piece(const struct dump *dump, const struct extent *piece, uint64_t paddr,
		       uint8_t *to, size_t size)
{
	if (!piece->data)
		return source_read(&dump->source, extent_offset(piece, paddr), to, size);
	memcpy(to, piece->data + (paddr - piece->first), size);
	return true;
}

/* Do both pieces have the same bytes from start to last (inclusive)? If the range is long, only
 * some of its pages are compared, including the last page. */
static bool same_content(const struct dump *dump, const struct extent *one,
			 const struct extent *two, uint64_t start, uint64_t last)
{
	enum { MOST_COMPARED = 32 /* pages; each comparison delays the start of kwalk */ };
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

/* Do two pieces have different bytes for the same memory? If so, adds a warning. Pieces with equal
 * bytes may overlap: the core of a kdump contains the kernel's image twice. */
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
		  "two %s have different bytes for physical %" PRIx64 " to %" PRIx64
		  "; kwalk uses the bytes at offset %#" PRIx64
		  ", whose header comes first, and not the bytes at offset %#" PRIx64,
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
			dump_warn(
				dump,
				"its %s hold the same memory many times; whether their bytes are equal was checked only below %" PRIx64,
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

/* --- memory that is listed in any order --- */

static void listed_join(struct pieces *runs, const struct extent *page)
{
	struct extent *last = runs->nr ? &runs->at[runs->nr - 1] : NULL;

	if (last && last->state == PAGE_PRESENT && last->last + 1 == page->first &&
	    last->origin == page->origin)
		last->last = page->last;
	else
		pieces_add(runs, page->first, PAGE_BYTES, PAGE_PRESENT, page->origin);
}

/* Adds the pending page, if there is one. `after` is the address of the page that follows it in the
 * file. If the addresses of the two neighbours of this page are in order, but the address of the
 * page is not between them, the address of the page is wrong. */
static void enter_pending(struct run_index *index, uint64_t after)
{
	const struct extent *page = &index->pending;
	uint64_t before = index->before;

	if (!page->last)
		return;
	if (!before || before > after || (before <= page->first && page->first < after)) {
		index->before = page->last + 1;
		listed_join(&index->runs, page);
		return;
	}
	index->contradictory = true;
	pieces_add(&index->runs, page->first, PAGE_BYTES, PAGE_DAMAGED, page->origin);
	pieces_add(&index->runs, before, after - before, PAGE_DAMAGED,
		   extent_offset(page, page->first) - before);
}

void run_index_add_page(struct run_index *index, uint64_t paddr, uint64_t offset)
{
	enter_pending(index, paddr);
	index->pending = (struct extent){ .first = paddr,
					  .last = page_last(paddr),
					  .state = PAGE_PRESENT,
					  .origin = offset - paddr };
}

bool run_index_finish(struct run_index *index, struct dump *dump, struct error *err)
{
	struct extent_list *list = dump->private;
	struct extent *kept;

	enter_pending(index, 0);
	*list = (struct extent_list){ index->runs.at, index->runs.nr };
	if (index->runs.failed)
		return out_of_memory(err);
	if (!list->nr)
		return dump_fail(dump, err, "has no memory in it");
	kept = list->extents;
	qsort(kept, list->nr, sizeof(*kept), ranges_compare);
	for (size_t i = 1; i < list->nr; i++) {
		const struct extent *run = &list->extents[i];
		uint64_t last = run->last < kept->last ? run->last : kept->last;

		if (run->first > kept->last) {
			*++kept = *run;
			continue;
		}
		dump_trouble(dump,
			     "physical %" PRIx64 " to %" PRIx64
			     " is in the file twice, at the offsets %#" PRIx64 " and %#" PRIx64,
			     run->first, last, extent_offset(kept, kept->first),
			     extent_offset(run, run->first));
		index->contradictory = true;
		kept->state = PAGE_DAMAGED;
		kept->last = larger_of(kept->last, run->last);
	}
	list->nr = (size_t)(kept - list->extents) + 1;
	return true;
}
