/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "diff/diff_areas.h"

#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "whatis/area_info.h"

/* Areas with one caller and kind, or at first a single one. */
struct group {
	const char *kind; /* static */
	char caller[96];
	uint64_t nr, bytes;
};

struct side {
	const struct vmalloc_list *list;
	struct group *group; /* owned; of dumps of two boots, sorted */
	size_t nr_groups;
};

struct comparison {
	const struct pair *pair;
	struct side side[NR_SIDES];
	bool (*visit)(const struct area_diff *diff, void *arg);
	void *arg;
	struct diff_counts *counts;
};

/* What is not in one dump's list was not there, unless a part of the list is damaged. */
static enum diff_status status_of_single(const struct comparison *comparison,
					 enum pair_side has)
{
	if (comparison->side[!has].list->damages.nr)
		return DIFF_UNKNOWN;
	return has == THIS ? DIFF_APPEARED : DIFF_VANISHED;
}

static bool tell(const struct comparison *comparison,
		 const struct area_diff *diff)
{
	comparison->counts->nr[diff->status]++;
	return comparison->visit(diff, comparison->arg);
}

/* --- one boot --- */

/* Not whether it has been freed and taken again alike in between. */
static bool is_same(const struct vmalloc_area *one,
		    const struct vmalloc_area *other)
{
	return one->last == other->last && one->state == other->state &&
	       one->flags == other->flags && one->caller == other->caller &&
	       one->physical == other->physical &&
	       one->nr_pages == other->nr_pages;
}

static bool tell_areas(const struct comparison *comparison,
		       const struct vmalloc_area *this,
		       const struct vmalloc_area *other)
{
	struct area_diff diff = { .area = { this, other } };

	if (this && other)
		diff.status = is_same(this, other) ? DIFF_SAME : DIFF_CHANGED;
	else
		diff.status =
			status_of_single(comparison, this ? THIS : OTHER);
	return tell(comparison, &diff);
}

static void compare_addresses(const struct comparison *comparison)
{
	size_t at[NR_SIDES] = { 0 };
	bool more = true;

	while (more && !pair_stopped(comparison->pair)) {
		const struct vmalloc_area *area[NR_SIDES] = { NULL };

		for (enum pair_side side = 0; side < NR_SIDES; side++) {
			const struct vmalloc_list *list =
				comparison->side[side].list;

			if (at[side] < list->nr)
				area[side] = &list->area[at[side]];
		}
		if (!area[THIS] && !area[OTHER])
			break;
		for (enum pair_side side = 0; side < NR_SIDES; side++)
			if (area[side] && area[!side] &&
			    area[side]->first > area[!side]->first)
				area[side] = NULL;
		at[THIS] += area[THIS] != NULL;
		at[OTHER] += area[OTHER] != NULL;
		more = tell_areas(comparison, area[THIS], area[OTHER]);
	}
}

/* --- two boots --- */

static int compare_groups(const void *one, const void *other)
{
	const struct group *a = one, *b = other;
	int order = strcmp(a->caller, b->caller);

	return order ? order : strcmp(a->kind, b->kind);
}

static void name_group(struct kernel *kernel, const struct vmalloc_area *area,
		       struct group *group)
{
	struct area_info info;

	kernel_area_info(kernel, area, &info);
	*group = (struct group){ .kind = info.kind,
				 .nr = 1,
				 .bytes = area->last - area->first + 1 };
	info.caller[strcspn(info.caller, "+")] = '\0';
	memcpy(group->caller, info.caller,
	       strnlen(info.caller, sizeof(group->caller) - 1));
}

static bool group_areas(struct side *side, struct kernel *kernel,
			struct error *err)
{
	const struct vmalloc_list *list = side->list;
	struct group *group = calloc(list->nr + 1, sizeof(*group));
	size_t nr = 0;

	side->group = group;
	if (!group)
		return out_of_memory(err);
	for (size_t i = 0; i < list->nr; i++) {
		if (kernel_stopped(kernel))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		name_group(kernel, &list->area[i], &group[i]);
	}
	if (!sort_items(group, list->nr, sizeof(*group), compare_groups,
			kernel->listener))
		return fail(err, ERROR_SYSTEM,
			    "the areas could not be sorted");
	for (size_t i = 0; i < list->nr; i++)
		if (nr && !compare_groups(&group[nr - 1], &group[i])) {
			group[nr - 1].nr++;
			group[nr - 1].bytes += group[i].bytes;
		} else {
			group[nr++] = group[i];
		}
	side->nr_groups = nr;
	return true;
}

static bool tell_groups(const struct comparison *comparison,
			const struct group *const group[NR_SIDES])
{
	const struct group *any = group[THIS] ? group[THIS] : group[OTHER];
	struct area_diff diff = { .kind = any->kind, .caller = any->caller };

	for (enum pair_side side = 0; side < NR_SIDES; side++)
		if (group[side]) {
			diff.nr[side] = group[side]->nr;
			diff.bytes[side] = group[side]->bytes;
		}
	if (!group[THIS] || !group[OTHER])
		diff.status = status_of_single(comparison,
					       group[THIS] ? THIS : OTHER);
	else if (diff.nr[THIS] != diff.nr[OTHER] ||
		 diff.bytes[THIS] != diff.bytes[OTHER])
		diff.status = DIFF_CHANGED;
	return tell(comparison, &diff);
}

static void compare_callers(const struct comparison *comparison)
{
	const struct side *side = comparison->side;
	size_t at[NR_SIDES] = { 0 };
	bool more = true;

	while (more && !pair_stopped(comparison->pair)) {
		const struct group *group[NR_SIDES] = { NULL };
		int order = 0;

		for (enum pair_side i = 0; i < NR_SIDES; i++)
			if (at[i] < side[i].nr_groups)
				group[i] = &side[i].group[at[i]];
		if (!group[THIS] && !group[OTHER])
			break;
		if (group[THIS] && group[OTHER])
			order = compare_groups(group[THIS], group[OTHER]);
		if (order > 0)
			group[THIS] = NULL;
		if (order < 0)
			group[OTHER] = NULL;
		at[THIS] += group[THIS] != NULL;
		at[OTHER] += group[OTHER] != NULL;
		more = tell_groups(comparison, group);
	}
}

/* --- both --- */

bool diff_areas(const struct pair *pair,
		bool (*visit)(const struct area_diff *diff, void *arg),
		void *arg, struct diff_counts *counts, struct error *err)
{
	struct comparison comparison = {
		.pair = pair, .visit = visit, .arg = arg, .counts = counts,
	};
	struct side *side = comparison.side;
	bool by_callers = pair->same_boot == NO, done = true;

	for (enum pair_side i = 0; i < NR_SIDES && done; i++) {
		side[i].list = kernel_vmalloc(pair->kernel[i], err);
		done = (side[i].list &&
			(!by_callers ||
			 group_areas(&side[i], pair->kernel[i], err))) ||
		       pair_blame(i, err);
	}
	if (done && by_callers)
		compare_callers(&comparison);
	else if (done)
		compare_addresses(&comparison);
	free(side[THIS].group);
	free(side[OTHER].group);
	return done;
}
