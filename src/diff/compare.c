/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "diff/diff.h"

const char *const diff_part_names[NR_DIFF_PARTS] = {
	[PART_FACTS] = "facts",	    [PART_REGIONS] = "regions", [PART_MAPPINGS] = "mappings",
	[PART_FRAMES] = "frames",   [PART_TASKS] = "tasks",	[PART_VMALLOC] = "vmalloc",
	[PART_MODULES] = "modules",
};

void diff_compare(enum diff_part part, const struct pair *pair, const struct diff_visitor *visitor,
		  struct diff_summary *summary)
{
	static bool (*const compare[NR_DIFF_PARTS])(const struct diff *diff) = {
		[PART_FACTS] = diff_facts,	 [PART_REGIONS] = diff_regions,
		[PART_MAPPINGS] = diff_mappings, [PART_FRAMES] = diff_frames,
		[PART_TASKS] = diff_tasks,	 [PART_VMALLOC] = diff_areas,
		[PART_MODULES] = diff_modules,
	};
	const struct diff diff = { pair, visitor, summary };

	*summary = (struct diff_summary){ .compared = false };
	summary->compared = compare[part](&diff);
}

const struct error *diff_damage(const struct pair *pair, enum diff_part part, enum pair_side side)
{
	struct kernel *kernel = pair->kernel[side];
	const struct damages *damages = NULL;
	const struct task_list *tasks;
	const struct vmalloc_list *areas;

	if (part == PART_TASKS && (tasks = task_all(kernel, NULL)))
		damages = &tasks->damages;
	if (part == PART_VMALLOC && (areas = vmalloc_areas(kernel, NULL)))
		damages = &areas->damages;
	return damages && damages->nr ? &damages->error[0] : NULL;
}

const char *diff_verdict(const struct diff_summary *summary)
{
	const uint64_t *nr = summary->nr;

	if (nr[DIFF_CHANGED] || nr[DIFF_APPEARED] || nr[DIFF_VANISHED])
		return "different";
	return nr[DIFF_UNKNOWN] ? "unknown" : "same";
}
