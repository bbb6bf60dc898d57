/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "container/extents.h"

#include <stdlib.h>

#include "base/ranges.h"

/* A piece and its index. */
struct layer {
	struct extent extent;
	size_t index;
};

/* The layers that cover the current address, as a heap: the preferred one on top. */
struct heap {
	const struct layer **layers;
	size_t nr;
};

static bool preferred(const struct layer *a, const struct layer *b)
{
	if (a->extent.state != b->extent.state)
		return a->extent.state < b->extent.state;
	return a->index < b->index;
}

static void heap_swap(struct heap *heap, size_t a, size_t b)
{
	const struct layer *layer = heap->layers[a];

	heap->layers[a] = heap->layers[b];
	heap->layers[b] = layer;
}

static void heap_push(struct heap *heap, const struct layer *layer)
{
	size_t at = heap->nr++;

	heap->layers[at] = layer;
	while (at && preferred(layer, heap->layers[(at - 1) / 2])) {
		heap_swap(heap, at, (at - 1) / 2);
		at = (at - 1) / 2;
	}
}

static void heap_pop(struct heap *heap)
{
	size_t at = 0, child;

	heap->layers[0] = heap->layers[--heap->nr];
	while ((child = 2 * at + 1) < heap->nr) {
		if (child + 1 < heap->nr &&
		    preferred(heap->layers[child + 1], heap->layers[child]))
			child++;
		if (!preferred(heap->layers[child], heap->layers[at]))
			break;
		heap_swap(heap, at, child);
		at = child;
	}
}

static int compare_first(const void *a, const void *b)
{
	const struct layer *x = a, *y = b;

	if (x->extent.first != y->extent.first)
		return x->extent.first < y->extent.first ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/* Adds the part [first, last] of a layer, joined to the extent before it where
 * address, state and data continue. */
static void append(struct extent_list *list, const struct extent *from,
		   uint64_t first, uint64_t last)
{
	struct extent part = { first, last, NULL, from->state };
	struct extent *before = NULL;

	if (from->data)
		part.data = from->data + (list->whole ? 0 : first - from->first);
	if (list->nr)
		before = &list->extents[list->nr - 1];
	if (before && before->last + 1 == first && before->state == part.state &&
	    (!part.data ||
	     before->data + (list->whole ? 0 : first - before->first) ==
		     part.data))
		before->last = last;
	else
		list->extents[list->nr++] = part;
}

static void sweep(struct extent_list *list, const struct layer *layers,
		  size_t nr, struct heap *heap)
{
	uint64_t at = 0, last;
	size_t next = 0;

	while (next < nr || heap->nr) {
		if (!heap->nr)
			at = layers[next].extent.first;
		while (next < nr && layers[next].extent.first <= at)
			heap_push(heap, &layers[next++]);
		last = heap->layers[0]->extent.last;
		if (last >= at) {
			if (next < nr && layers[next].extent.first <= last)
				last = layers[next].extent.first - 1;
			append(list, &heap->layers[0]->extent, at, last);
			if (last == UINT64_MAX)
				return;
			at = last + 1;
		}
		while (heap->nr && heap->layers[0]->extent.last < at)
			heap_pop(heap);
	}
}

bool pieces_add(struct pieces *pieces, uint64_t paddr, uint64_t size,
		enum page_state state, const uint8_t *data)
{
	uint64_t last = paddr + (size - 1);

	if (!size)
		return true;
	if (last < paddr)
		last = UINT64_MAX;
	if (pieces->nr == pieces->room) {
		size_t room = pieces->room ? 2 * pieces->room : 64;
		struct extent *at = NULL;

		if (pieces->nr <= pieces->limit)
			at = realloc(pieces->at, room * sizeof(*at));
		pieces->failed |= !at;
		if (!at)
			return false;
		pieces->at = at;
		pieces->room = room;
	}
	pieces->at[pieces->nr++] = (struct extent){
		.first = paddr, .last = last, .data = data, .state = state,
	};
	return true;
}

bool extent_list_build(struct extent_list *list, const struct extent *pieces,
		       size_t nr, bool whole)
{
	struct layer *layers = calloc(nr + 1, sizeof(*layers));
	struct heap heap = { calloc(nr + 1, sizeof(*heap.layers)), 0 };
	struct extent *shrunk;

	/* The start and the end of a piece begin one extent each, at most. */
	*list = (struct extent_list){
		.extents = calloc(2 * nr + 1, sizeof(*pieces)), .whole = whole,
	};
	if (!layers || !heap.layers || !list->extents) {
		extent_list_release(list);
	} else {
		for (size_t i = 0; i < nr; i++)
			layers[i] = (struct layer){ pieces[i], i };
		qsort(layers, nr, sizeof(*layers), compare_first);
		sweep(list, layers, nr, &heap);
		shrunk = realloc(list->extents,
				 (list->nr + 1) * sizeof(*pieces));
		list->extents = shrunk ? shrunk : list->extents;
	}
	free(heap.layers);
	free(layers);
	return list->extents != NULL;
}

void extent_list_release(struct extent_list *list)
{
	free(list->extents);
	*list = (struct extent_list){ 0 };
}

void extent_list_find(const struct extent_list *list, uint64_t paddr,
		      struct extent *extent)
{
	size_t at = RANGES_SEARCH(list->extents, list->nr, paddr);

	if (at < list->nr && list->extents[at].first <= paddr) {
		*extent = list->extents[at];
		return;
	}
	*extent = (struct extent){
		.first = at ? list->extents[at - 1].last + 1 : 0,
		.last = at < list->nr ? list->extents[at].first - 1 :
					UINT64_MAX,
		.state = PAGE_ABSENT,
	};
}
