/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The parts of what can differ between two dumps, each compared in one way for all who ask. */
#pragma once

#include "diff/diff_areas.h"
#include "diff/diff_facts.h"
#include "diff/diff_frames.h"
#include "diff/diff_mappings.h"
#include "diff/diff_modules.h"
#include "diff/diff_tasks.h"

enum diff_part {
	PART_FACTS,
	PART_REGIONS,
	PART_MAPPINGS, /* of the kernels */
	PART_FRAMES,
	PART_TASKS,
	PART_VMALLOC,
	PART_MODULES,
	NR_DIFF_PARTS
};
extern const char *const diff_part_names[NR_DIFF_PARTS];

/* Who is given what was found; all of them, with arg. They return false to end the part.
 * What is the same is given, too, but for mappings. */
struct diff_visitor {
	bool (*fact)(const struct fact_diff *diff, void *arg);
	bool (*region)(const struct region_diff *diff, void *arg);
	bool (*mapping)(const struct mapping_diff *diff, void *arg);
	bool (*frames)(const struct frames_diff *diff, void *arg); /* once */
	bool (*task)(const struct task_diff *diff, void *arg);
	bool (*area)(const struct area_diff *diff, void *arg);
	bool (*module)(const struct module_diff *diff, void *arg);
	void *arg;
	uint64_t nr_runs; /* of frames whose use changed, the largest */
};

struct diff_summary {
	bool compared;
	struct error why; /* it was not */
	struct diff_counts counts; /* of frames: frames */
	bool has_bytes; /* of mappings */
	uint64_t bytes[NR_DIFF_STATUSES];
	bool cache_unknown; /* cache types of mappings could not be compared */
};

/* Compares one part. Cannot fail: the summary says why it was not compared. */
void diff_compare(enum diff_part part, const struct pair *pair,
		  const struct diff_visitor *visitor,
		  struct diff_summary *summary);

/* The damage of the list that a part was compared by, in the dump of that side; NULL: none is
 * known. What was found of the list was compared. */
const struct error *diff_damage(const struct pair *pair, enum diff_part part,
				enum pair_side side);

/* For who compares mappings itself, of a process. */
void diff_summary_mappings(struct diff_summary *summary,
			   const struct mapping_counts *counts);

/* "different", "same", "unknown". */
const char *diff_verdict(const struct diff_summary *summary);
