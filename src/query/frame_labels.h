/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Uses of frames that the kernel's lists and tables show, but struct pages do not. */
#pragma once

#include "base/array.h"
#include "kernel/kernel.h"
#include "linux/page/page_use.h"

struct frame_label {
	uint64_t first, last; /* frame numbers, inclusive */
	uint64_t vaddr; /* vaddr of the first frame; 0: in the direct map, or unknown */
	enum page_use_kind use;
};

enum label_layer {
	LAYER_OWNERS, /* areas of vmalloc, stacks, memory of CPUs, tables */
	LAYER_RESOURCES, /* the kernel's image, firmware, holes */
	LAYER_CMA,
	NR_LABEL_LAYERS
};

/* The labels of a layer are sorted by address, and disjoint. */
struct frame_labels {
	struct label_list {
		struct frame_label *label; /* owned */
		size_t nr, room;
	} layer[NR_LABEL_LAYERS];
	bool cut; /* labels are missing: there were more than the limit */
	unsigned int page_shift;
};

/* The labels are made at the first call, and valid until facts are forgotten. NULL: out of memory,
 * or stopped. Frames of unknown use have no label. */
const struct frame_labels *query_frame_labels(struct kernel *kernel);

/* A place in the list of each layer; initially zeroed. */
struct label_cursor {
	size_t at[NR_LABEL_LAYERS];
};

/* The use of frame first, whose struct page says `use`. If the frames up to *last have several
 * uses, *last becomes the last frame of the first use. Calls with one cursor must be in the order
 * of addresses. */
enum page_use_kind frame_labels_cut(const struct frame_labels *labels, struct label_cursor *cursor,
				    enum page_use_kind use, uint64_t first, uint64_t *last);

enum { MOST_LABELS = 1 << 20 /* limit for a layer */ };

/* Adds a label; only before the labels are sorted. */
static inline void frame_labels_add(struct frame_labels *labels, enum label_layer layer,
				    struct frame_label label)
{
	struct label_list *list = &labels->layer[layer];
	unsigned int shift = labels->page_shift;
	struct frame_label *before = list->nr ? &list->label[list->nr - 1] : NULL;

	if (label.last < label.first)
		return;
	if (before && before->last + 1 == label.first && before->use == label.use &&
	    (before->vaddr ? before->vaddr + ((label.first - before->first) << shift) : 0) ==
		    label.vaddr)
		before->last = label.last;
	else if (list->nr == MOST_LABELS ||
		 !array_add(&list->label, &list->nr, &list->room, &label, sizeof(label)))
		labels->cut = true;
}

/* Finds an address in the regions of vmalloc or modules that maps the frame. labels may be NULL. */
bool frame_labels_address(const struct frame_labels *labels, uint64_t pfn, uint64_t *vaddr);

/* For frame_labels.c: adds the labels of the kernel's resources. */
void frame_labels_add_resources(struct frame_labels *labels, struct kernel *kernel);
