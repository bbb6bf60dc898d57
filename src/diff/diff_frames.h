/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the frames of two dumps are used for. */
#pragma once

#include "diff/pair.h"

enum { MOST_FRAME_USES = 40, MOST_FRAME_RUNS = 64 };

/* Neighbouring frames that went from one use to another one. */
struct frame_change {
	uint64_t first, last; /* frame numbers, inclusive */
	const char *use[NR_SIDES]; /* as of struct frame_run; NULL: no struct page */
};

struct frames_diff {
	size_t nr_uses;
	const char *use[MOST_FRAME_USES]; /* static; NULL: no struct page */
	uint64_t frames[NR_SIDES][MOST_FRAME_USES]; /* that are used so */
	/* Frames with the same use in both; with another one; or of which one dump does not
	 * tell. Of two boots, by the totals. */
	uint64_t same, differ, unknown;
	/* What follows is set only of dumps of one boot: the frames of two boots have
	 * nothing in common. */
	bool has_changes;
	uint64_t changed[MOST_FRAME_USES][MOST_FRAME_USES]; /* [OTHER's use][THIS's] */
	struct frame_change largest[MOST_FRAME_RUNS]; /* the longest first */
	size_t nr_largest;
};

/* False with err: the struct pages of a dump are not known. nr_largest: as many as are
 * wanted, up to MOST_FRAME_RUNS. The work grows with the struct pages, memory does not. */
bool diff_frames(const struct pair *pair, size_t nr_largest,
		 struct frames_diff *diff, struct error *err);
