/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Facts and regions of two dumps. */
#pragma once

#include "areas/region.h"
#include "diff/pair.h"

struct fact_diff {
	enum diff_status status;
	enum fact_id id;
	bool known[NR_SIDES];
	uint64_t value[NR_SIDES]; /* where known */
};

/* All facts that one of the dumps knows, until visit returns false. A fact that one does
 * not know is DIFF_UNKNOWN. */
void diff_facts(const struct pair *pair,
		bool (*visit)(const struct fact_diff *diff, void *arg),
		void *arg, struct diff_counts *counts);

struct region_diff {
	enum diff_status status;
	const struct region *region[NR_SIDES]; /* NULL: it has none; borrowed */
};

/* All regions but holes, by address, first those of the open dump; the nth of a kind is
 * compared with the nth. DIFF_MOVED: of the same size elsewhere. */
bool diff_regions(const struct pair *pair,
		  bool (*visit)(const struct region_diff *diff, void *arg),
		  void *arg, struct diff_counts *counts, struct error *err);

/* The region of the other dump that is to be compared with list->region[nr] of the open
 * one; NULL: none. For side OTHER the other way round. */
const struct region *region_counterpart(const struct region_list *list,
					size_t nr,
					const struct region_list *among);
