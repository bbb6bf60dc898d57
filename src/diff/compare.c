/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "diff/compare.h"

#include <stdlib.h>
#include <string.h>

const char *const diff_part_names[NR_DIFF_PARTS] = {
	[PART_FACTS] = "facts",	      [PART_REGIONS] = "regions",
	[PART_MAPPINGS] = "mappings", [PART_FRAMES] = "frames",
	[PART_TASKS] = "tasks",	      [PART_VMALLOC] = "vmalloc",
	[PART_MODULES] = "modules",
};

static bool compare_facts(const struct pair *pair,
			  const struct diff_visitor *visitor,
			  struct diff_summary *summary)
{
	diff_facts(pair, visitor->fact, visitor->arg, &summary->counts);
	return true;
}

static bool compare_regions(const struct pair *pair,
			    const struct diff_visitor *visitor,
			    struct diff_summary *summary)
{
	return diff_regions(pair, visitor->region, visitor->arg,
			    &summary->counts, &summary->why);
}

void diff_summary_mappings(struct diff_summary *summary,
			   const struct mapping_counts *counts)
{
	summary->counts = counts->ranges;
	summary->has_bytes = true;
	memcpy(summary->bytes, counts->bytes, sizeof(summary->bytes));
	summary->cache_unknown = !counts->cache_compared;
}

static bool compare_mappings(const struct pair *pair,
			     const struct diff_visitor *visitor,
			     struct diff_summary *summary)
{
	struct mapping_counts counts = { .cache_compared = true };
	struct windows windows;
	bool done = windows_find(&windows, pair, &summary->why) &&
		    diff_mappings(pair, &windows, visitor->mapping,
				  visitor->arg, &counts, &summary->why);

	windows_release(&windows);
	diff_summary_mappings(summary, &counts);
	return done;
}

static bool compare_frames(const struct pair *pair,
			   const struct diff_visitor *visitor,
			   struct diff_summary *summary)
{
	struct frames_diff *diff = malloc(sizeof(*diff));
	bool done = diff ? diff_frames(pair, visitor->nr_runs, diff,
				       &summary->why) :
			   out_of_memory(&summary->why);

	if (done) {
		visitor->frames(diff, visitor->arg);
		summary->counts.nr[DIFF_SAME] = diff->same;
		summary->counts.nr[DIFF_CHANGED] = diff->differ;
		summary->counts.nr[DIFF_UNKNOWN] = diff->unknown;
	}
	free(diff);
	return done;
}

static bool compare_tasks(const struct pair *pair,
			  const struct diff_visitor *visitor,
			  struct diff_summary *summary)
{
	return diff_tasks(pair, visitor->task, visitor->arg, &summary->counts,
			  &summary->why);
}

static bool compare_vmalloc(const struct pair *pair,
			    const struct diff_visitor *visitor,
			    struct diff_summary *summary)
{
	return diff_areas(pair, visitor->area, visitor->arg, &summary->counts,
			  &summary->why);
}

static bool compare_modules(const struct pair *pair,
			    const struct diff_visitor *visitor,
			    struct diff_summary *summary)
{
	return diff_modules(pair, visitor->module, visitor->arg,
			    &summary->counts, &summary->why);
}

void diff_compare(enum diff_part part, const struct pair *pair,
		  const struct diff_visitor *visitor,
		  struct diff_summary *summary)
{
	static bool (*const compare[NR_DIFF_PARTS])(
		const struct pair *pair, const struct diff_visitor *visitor,
		struct diff_summary *summary) = {
		[PART_FACTS] = compare_facts,
		[PART_REGIONS] = compare_regions,
		[PART_MAPPINGS] = compare_mappings,
		[PART_FRAMES] = compare_frames,
		[PART_TASKS] = compare_tasks,
		[PART_VMALLOC] = compare_vmalloc,
		[PART_MODULES] = compare_modules,
	};

	*summary = (struct diff_summary){ .compared = false };
	summary->compared = compare[part](pair, visitor, summary);
}

const struct error *diff_damage(const struct pair *pair, enum diff_part part,
				enum pair_side side)
{
	struct kernel *kernel = pair->kernel[side];
	const struct damages *damages = NULL;
	const struct task_list *tasks;
	const struct vmalloc_list *areas;

	if (part == PART_TASKS && (tasks = kernel_tasks(kernel, NULL)))
		damages = &tasks->damages;
	if (part == PART_VMALLOC && (areas = kernel_vmalloc(kernel, NULL)))
		damages = &areas->damages;
	return damages && damages->nr ? &damages->error[0] : NULL;
}

static bool differs(const struct diff_summary *summary)
{
	const uint64_t *nr = summary->counts.nr;

	return nr[DIFF_CHANGED] || nr[DIFF_APPEARED] || nr[DIFF_VANISHED];
}

const char *diff_verdict(const struct diff_summary *summary)
{
	if (differs(summary))
		return "different";
	return summary->counts.nr[DIFF_UNKNOWN] ? "unknown" : "same";
}
