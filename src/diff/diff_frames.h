/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the frames of two dumps are used for. */
#pragma once

#include "diff/pair.h"
#include "frames/page_use.h"

enum { MOST_FRAME_RUNS = 64 };

/* Neighbouring frames that went from one use to another one. */
struct frame_change {
	uint64_t first, last; /* frame numbers, inclusive */
	enum page_use_kind use[NR_SIDES]; /* as of struct frame_run, or PAGE_USE_NONE */
};

struct frames_diff {
	enum page_use_kind use[NR_PAGE_USES]; /* that there are, by the first frame of each */
	size_t nr_uses;
	uint64_t frames[NR_SIDES][NR_PAGE_USES]; /* that are used so */
	/* Frames with the same use in both; with another one; or of which one dump does not
	 * tell. Of two boots, by the totals. */
	uint64_t same, differ, unknown;
	/* What follows is 0 of two boots: their frames have nothing in common. */
	bool has_changes;
	uint64_t changed[NR_PAGE_USES][NR_PAGE_USES]; /* [OTHER's use][THIS's] */
	struct frame_change largest[MOST_FRAME_RUNS]; /* the longest first */
	size_t nr_largest;
};

/* False with err: the struct pages of a dump are not known. nr_largest: as many as are
 * wanted, up to MOST_FRAME_RUNS. The work grows with the struct pages, memory does not. */
bool diff_frames(const struct pair *pair, size_t nr_largest,
		 struct frames_diff *diff, struct error *err);
