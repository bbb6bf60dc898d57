/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "container/extents.h"

#include <stdlib.h>

#include "base/array.h"
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

/* Adds the part [first, last] of a layer, joined to the extent before it where it
 * continues that. */
static void append(struct extent_list *list, struct extent part, uint64_t first,
		   uint64_t last)
{
	struct extent *before = list->nr ? &list->extents[list->nr - 1] : NULL;

	if (part.data)
		part.data += first - part.first;
	part.first = first;
	part.last = last;
	if (before && before->last + 1 == first &&
	    before->state == part.state && before->origin == part.origin &&
	    (!part.data || before->data + (first - before->first) == part.data))
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
			append(list, heap->layers[0]->extent, at, last);
			if (last == UINT64_MAX)
				return;
			at = last + 1;
		}
		while (heap->nr && heap->layers[0]->extent.last < at)
			heap_pop(heap);
	}
}

bool pieces_add(struct pieces *pieces, uint64_t paddr, uint64_t size,
		enum page_state state, const uint8_t *data, uint64_t origin)
{
	uint64_t last = paddr + (size - 1);
	struct extent *at = NULL;

	if (!size)
		return true;
	if (last < paddr)
		last = UINT64_MAX;
	if (!pieces->limit || pieces->nr <= pieces->limit)
		at = array_grow(pieces->at, pieces->nr, &pieces->room,
				sizeof(*at));
	pieces->failed |= !at;
	if (!at)
		return false;
	pieces->at = at;
	at[pieces->nr++] = (struct extent){ paddr, last, data, state, origin };
	return true;
}

bool extent_list_build(struct extent_list *list, const struct extent *pieces,
		       size_t nr)
{
	struct layer *layers = calloc(nr + 1, sizeof(*layers));
	struct heap heap = { calloc(nr + 1, sizeof(*heap.layers)), 0 };
	struct extent *shrunk;

	/* The start and the end of a piece begin one extent each, at most. */
	*list = (struct extent_list){ calloc(2 * nr + 1, sizeof(*pieces)), 0 };
	if (!layers || !heap.layers || !list->extents) {
		extent_list_release(list);
	} else {
		for (size_t i = 0; i < nr; i++)
			layers[i] = (struct layer){ pieces[i], i };
		qsort(layers, nr, sizeof(*layers), ranges_compare);
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
