/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The use of all page frames. */
#pragma once

#include "linux/page/page_use.h"

struct frame_range {
	uint64_t first, last; /* frame numbers, both inclusive */
	bool apart; /* split runs by owner, order and state of hugetlb */
};

/* Neighbouring frames of the same use. */
struct frame_run {
	uint64_t first, last; /* frame numbers, both inclusive */
	enum page_use_kind use; /* of page_use_counted(), or a use with page_use_is_lost() */
	/* If apart: */
	uint64_t object; /* for files: as in struct page_use */
	unsigned int order; /* for frames of unknown use */
	bool compound;
	bool idle; /* as in struct page_use */
};

/* Calls visit for the runs of these frames, in order, until it returns false. Frames without a
 * struct page are in no run. False with err: the layout of struct page is unknown. After Ctrl-C
 * true is returned: see kernel_stopped(). */
bool page_runs(struct kernel *kernel, struct frame_range frames,
	       bool (*visit)(const struct frame_run *run, void *arg), void *arg, struct error *err);

/* The next frame that may have a struct page, after a frame without one. */
uint64_t page_behind_hole(struct kernel *kernel, uint64_t pfn);
