/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Areas of vmalloc, ioremap, vmap and modules of two dumps. */
#pragma once

#include "areas/vmalloc.h"
#include "diff/pair.h"

/* An area, or in dumps of two boots all areas of a kind that one function asked for. */
struct area_diff {
	enum diff_status status; /* never DIFF_MOVED */
	/* Of dumps of one boot; NULL: not in the dump's list. Borrowed. */
	const struct vmalloc_area *area[NR_SIDES];
	/* Of dumps of two boots: */
	const char *kind;   /* NULL: of one boot; "": unknown */
	const char *caller; /* symbol, without offset; "": unknown */
	uint64_t nr[NR_SIDES], bytes[NR_SIDES];
};

/* By address, or by caller and kind in dumps of two boots, until visit returns false. False
 * with err: the areas of a dump are not known. An area that a damaged list lacks is
 * DIFF_UNKNOWN. */
bool diff_areas(const struct pair *pair,
		bool (*visit)(const struct area_diff *diff, void *arg),
		void *arg, struct diff_counts *counts, struct error *err);
