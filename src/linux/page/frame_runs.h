/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The use of all page frames. */
#pragma once

#include "linux/page/page_use.h"

struct frame_range {
	uint64_t first, last; /* frame numbers, inclusive */
};

/* Neighbouring frames of the same use. */
struct frame_run {
	uint64_t first, last; /* frame numbers, inclusive */
	enum page_use_kind use; /* of page_use_counted(), or page_use_is_lost() */
};

/* Calls visit for the runs among these frames, by address, until it returns false. Frames
 * without a struct page are in no run. False with err: the layout of struct page is unknown.
 * Ctrl-C is no such error: see kernel_stopped(). */
bool page_runs(struct kernel *kernel, struct frame_range frames,
	       bool (*visit)(const struct frame_run *run, void *arg), void *arg, struct error *err);

/* The next frame that may have a struct page, above one that has none. */
uint64_t page_behind_hole(struct kernel *kernel, uint64_t pfn);
