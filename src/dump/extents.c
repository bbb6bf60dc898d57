/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/extents.h"

#include "base/array.h"
#include "base/ranges.h"

/* A heap of the pieces that contain the current address. The piece on top is used. */
struct heap {
	const struct extent **pieces;
	size_t nr;
};

static bool preferred(const struct extent *a, const struct extent *b)
{
	return a->state != b->state ? a->state < b->state : a < b;
}

static void heap_swap(struct heap *heap, size_t a, size_t b)
{
	const struct extent *piece = heap->pieces[a];

	heap->pieces[a] = heap->pieces[b];
	heap->pieces[b] = piece;
}

static void heap_push(struct heap *heap, const struct extent *piece)
{
	size_t at = heap->nr++;

	heap->pieces[at] = piece;
	while (at && preferred(piece, heap->pieces[(at - 1) / 2])) {
		heap_swap(heap, at, (at - 1) / 2);
		at = (at - 1) / 2;
	}
}

static void heap_pop(struct heap *heap)
{
	size_t at = 0, child;

	heap->pieces[0] = heap->pieces[--heap->nr];
	while ((child = 2 * at + 1) < heap->nr) {
		if (child + 1 < heap->nr && preferred(heap->pieces[child + 1], heap->pieces[child]))
			child++;
		if (!preferred(heap->pieces[child], heap->pieces[at]))
			break;
		heap_swap(heap, at, child);
		at = child;
	}
}

static int compare_first(const void *a, const void *b)
{
	return ranges_compare(*(const void *const *)a, *(const void *const *)b);
}

/* Appends the part [first, last] of a piece to the list. If the part continues the previous extent,
 * the two become one extent. */
static void extents_append(struct extent_list *list, struct extent part, uint64_t first,
			   uint64_t last)
{
	struct extent *before = list->nr ? &list->extents[list->nr - 1] : NULL;

	extent_cut(&part, first, last);
	if (before && before->last + 1 == first && before->state == part.state &&
	    before->origin == part.origin && before->file == part.file &&
	    (!part.data || before->data + (first - before->first) == part.data))
		before->last = last;
	else
		list->extents[list->nr++] = part;
}

static void sweep(struct extent_list *list, const struct extent **pieces, size_t nr,
		  struct heap *heap)
{
	uint64_t at = 0, last;
	size_t next = 0;

	while (next < nr || heap->nr) {
		if (!heap->nr)
			at = pieces[next]->first;
		while (next < nr && pieces[next]->first <= at)
			heap_push(heap, pieces[next++]);
		last = heap->pieces[0]->last;
		if (last >= at) {
			if (next < nr && pieces[next]->first <= last)
				last = pieces[next]->first - 1;
			extents_append(list, *heap->pieces[0], at, last);
			if (last == UINT64_MAX)
				return;
			at = last + 1;
		}
		while (heap->nr && heap->pieces[0]->last < at)
			heap_pop(heap);
	}
}

static void dump_extents_add(struct pieces *pieces, uint64_t size, struct extent piece)
{
	if (!size)
		return;
	piece.last = piece.first + (size - 1);
	if (piece.last < piece.first)
		piece.last = UINT64_MAX;
	if ((pieces->limit && pieces->nr > pieces->limit) ||
	    !array_add(&pieces->at, &pieces->nr, &pieces->room, &piece, sizeof(piece)))
		pieces->failed = true;
}

void pieces_add(struct pieces *pieces, uint64_t paddr, uint64_t size, enum page_state state,
		uint64_t origin)
{
	dump_extents_add(pieces, size,
			 (struct extent){ .first = paddr, .state = state, .origin = origin });
}

void pieces_add_bytes(struct pieces *pieces, uint64_t paddr, uint64_t size, const uint8_t *data,
		      unsigned int file, uint64_t offset)
{
	dump_extents_add(pieces, size,
			 (struct extent){ .first = paddr,
					  .data = data,
					  .state = PAGE_PRESENT,
					  .file = file,
					  .origin = offset - paddr });
}

bool extent_list_build(struct extent_list *list, const struct extent *pieces, size_t nr)
{
	const struct extent **sorted = calloc(nr + 1, sizeof(*sorted));
	struct heap heap = { calloc(nr + 1, sizeof(*heap.pieces)), 0 };
	struct extent *shrunk;

	/* Each extent begins at the start of a piece, or after the end of a piece. So there are at
	 * most 2 * nr extents. */
	*list = (struct extent_list){ calloc(2 * nr + 1, sizeof(*pieces)), 0 };
	if (!sorted || !heap.pieces || !list->extents) {
		extent_list_release(list);
	} else {
		for (size_t i = 0; i < nr; i++)
			sorted[i] = &pieces[i];
		qsort(sorted, nr, sizeof(*sorted), compare_first);
		sweep(list, sorted, nr, &heap);
		shrunk = realloc(list->extents, (list->nr + 1) * sizeof(*pieces));
		list->extents = shrunk ? shrunk : list->extents;
	}
	free(heap.pieces);
	free(sorted);
	return list->extents != NULL;
}

void extent_list_find(const struct extent_list *list, uint64_t paddr, struct extent *extent)
{
	size_t at = RANGES_SEARCH(list->extents, list->nr, paddr);

	if (at < list->nr && list->extents[at].first <= paddr) {
		*extent = list->extents[at];
		return;
	}
	*extent = (struct extent){
		.first = at ? list->extents[at - 1].last + 1 : 0,
		.last = at < list->nr ? list->extents[at].first - 1 : UINT64_MAX,
		.state = PAGE_ABSENT,
	};
}
