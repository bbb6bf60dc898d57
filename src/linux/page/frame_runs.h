/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The uses of page frames, as runs of frames with the same use. */
#pragma once

#include "linux/page/page_use.h"

struct frame_range {
	uint64_t first, last; /* pfns, inclusive */
	bool apart; /* start a new run also if owner, order or state of hugetlb differ */
};

/* Consecutive frames with the same use. */
struct frame_run {
	uint64_t first, last; /* pfns, inclusive */
	/* The result of page_use_counted(), or PAGE_USE_UNREADABLE, or PAGE_USE_DAMAGED. */
	enum page_use_kind use;
	/* Set only if struct frame_range.apart is set: */
	uint64_t object; /* the file's address_space: see struct page_use */
	unsigned int order; /* for PAGE_USE_OTHER; 0: unknown */
	bool compound;
	bool idle; /* see struct page_use */
};

/* Calls visit for the runs of these frames, in order, until visit returns false. Frames without a
 * struct page are not in any run. Returns false and sets err if the layout of struct page is
 * unknown. If the user stops the work, returns true: see kernel_stopped(). */
bool page_runs(struct kernel *kernel, struct frame_range frames,
	       bool (*visit)(const struct frame_run *run, void *arg), void *arg, struct error *err);

/* Returns the next frame after pfn that may have a struct page. pfn: a frame without a struct
 * page. */
uint64_t page_behind_hole(struct kernel *kernel, uint64_t pfn);
