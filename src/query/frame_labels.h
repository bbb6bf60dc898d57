/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Uses of page frames that struct pages do not show, but the kernel's lists and page tables
 * show. */
#pragma once

#include "base/array.h"
#include "kernel/kernel.h"
#include "linux/page/page_use.h"

struct frame_label {
	uint64_t first, last; /* page frame numbers, both inclusive */
	/* Virtual address of frame `first`. 0: only in the direct map, or unknown. */
	uint64_t vaddr;
	enum page_use_kind use;
};

enum label_layer {
	LAYER_OWNERS, /* areas of vmalloc, stacks, per-CPU memory, page tables */
	LAYER_RESOURCES, /* the kernel's image, firmware and holes in memory */
	LAYER_CMA,
	NR_LABEL_LAYERS
};

/* The labels of all frames. The labels of a layer are sorted by their first and by their last frames.
 * If labels overlap, the first one is the label of the shared frames. */
struct frame_labels {
	struct label_list {
		struct frame_label *label; /* owned */
		size_t nr, room;
	} layer[NR_LABEL_LAYERS];
	bool cut; /* labels are missing, because there are more than MOST_LABELS */
	unsigned int page_shift;
};

/* Returns the labels. They are made by the first call, and are borrowed until the kernel's facts
 * are forgotten. Returns NULL if there is not enough memory, or if the user stopped the work. A
 * frame has no label if the kernel's lists and page tables do not show its use. */
const struct frame_labels *query_frame_labels(struct kernel *kernel);

/* The current position in the list of each layer. Must be zeroed before the first call. */
struct label_cursor {
	size_t at[NR_LABEL_LAYERS];
};

/* Combines the use that struct pages show with the labels. use: the use of the frames from `first`
 * to *last according to their struct pages. Returns the use of frame `first`, and reduces *last to
 * the last frame that has the returned use. Calls with the same cursor must be in the order of
 * frames. */
enum page_use_kind frame_labels_cut(const struct frame_labels *labels, struct label_cursor *cursor,
				    enum page_use_kind use, uint64_t first, uint64_t *last);

enum { MOST_LABELS = 1 << 20 /* limit for a layer */ };

/* Adds a label. Must not be called after the labels have been sorted. */
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

/* Finds an address in vmalloc or modules that maps the frame. labels may be NULL. Returns false if
 * there is no such address. */
bool frame_labels_address(const struct frame_labels *labels, uint64_t pfn, uint64_t *vaddr);
