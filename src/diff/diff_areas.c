/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "query/area_info.h"

/* All areas with the same caller and kind. A group begins with one area, and equal groups are
 * merged. */
struct group {
	const char *kind; /* static */
	char caller[96];
	uint64_t nr, bytes;
};

struct side {
	const struct vmalloc_list *list;
	struct group *group; /* owned; sorted; used for dumps of different boots */
	size_t nr_groups;
};

/* Returns the status of an area that is in only one dump's list. The status is DIFF_UNKNOWN if the
 * other list is damaged, because the area may be in the missing part of that list. */
static enum diff_status status_of_single(const struct side side[NR_SIDES], enum pair_side has)
{
	return pair_single(has, !side[!has].list->damages.nr);
}

/* --- one boot --- */

/* Compares two areas at the same address. If an area was freed and allocated again with equal
 * properties, it counts as the same area. */
static bool diff_areas_is_same(const struct vmalloc_area *one, const struct vmalloc_area *other)
{
	return one->last == other->last && one->state == other->state &&
	       one->flags == other->flags && one->caller == other->caller &&
	       one->physical == other->physical && one->nr_pages == other->nr_pages;
}

static void compare_addresses(const struct diff *diff, const struct side side[NR_SIDES])
{
	struct pair_merge merge = {
		.items = { side[THIS].list->area, side[OTHER].list->area },
		.nr = { side[THIS].list->nr, side[OTHER].list->nr },
		.size = sizeof(struct vmalloc_area),
		.compare = ranges_compare,
	};
	const void *area[NR_SIDES];
	bool more = true;

	while (more && !pair_stopped(diff->pair) && pair_next(&merge, area)) {
		struct diff_row row = {
			.part = PART_VMALLOC,
			.area.area = { area[THIS], area[OTHER] },
		};

		if (area[THIS] && area[OTHER])
			row.status = diff_areas_is_same(area[THIS], area[OTHER]) ? DIFF_SAME :
										   DIFF_CHANGED;
		else
			row.status = status_of_single(side, area[THIS] ? THIS : OTHER);
		more = diff_tell(diff, &row);
	}
}

/* --- two boots --- */

static int compare_groups(const void *one, const void *other)
{
	const struct group *a = one, *b = other;

	return strcmp(a->caller, b->caller) ?: strcmp(a->kind, b->kind);
}

static void name_group(struct kernel *kernel, const struct vmalloc_area *area, struct group *group)
{
	struct area_info info;

	query_area_info(kernel, area, &info);
	*group =
		(struct group){ .kind = info.kind, .nr = 1, .bytes = area->last - area->first + 1 };
	info.caller[strcspn(info.caller, "+")] = '\0';
	memcpy(group->caller, info.caller, strnlen(info.caller, sizeof(group->caller) - 1));
}

static bool group_areas(struct side *side, struct kernel *kernel, struct error *err)
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
	if (!sort_items(group, list->nr, sizeof(*group), compare_groups, kernel->listener))
		return fail(err, ERROR_SYSTEM, "the areas could not be sorted");
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

static enum diff_status compare_group(const struct side side[NR_SIDES], const struct group *this,
				      const struct group *other)
{
	if (!this || !other)
		return status_of_single(side, this ? THIS : OTHER);
	return this->nr == other->nr && this->bytes == other->bytes ? DIFF_SAME : DIFF_CHANGED;
}

static void compare_callers(const struct diff *diff, const struct side side[NR_SIDES])
{
	struct pair_merge merge = {
		.items = { side[THIS].group, side[OTHER].group },
		.nr = { side[THIS].nr_groups, side[OTHER].nr_groups },
		.size = sizeof(struct group),
		.compare = compare_groups,
	};
	const void *item[NR_SIDES];
	bool more = true;

	while (more && !pair_stopped(diff->pair) && pair_next(&merge, item)) {
		struct diff_row row = { .part = PART_VMALLOC };

		for (enum pair_side i = 0; i < NR_SIDES; i++) {
			const struct group *group = item[i];

			if (!group)
				continue;
			row.area.kind = group->kind;
			row.area.caller = group->caller;
			row.area.nr[i] = group->nr;
			row.area.bytes[i] = group->bytes;
		}
		row.status = compare_group(side, item[THIS], item[OTHER]);
		more = diff_tell(diff, &row);
	}
}

/* --- one or two boots --- */

bool diff_areas(const struct diff *diff)
{
	const struct pair *pair = diff->pair;
	struct error *err = &diff->summary->why;
	struct side side[NR_SIDES] = { { .list = NULL } };
	bool by_callers = pair->same_boot == NO, done = true;

	for (enum pair_side i = 0; i < NR_SIDES && done; i++) {
		side[i].list = vmalloc_areas(pair->kernel[i], err);
		done = (side[i].list &&
			(!by_callers || group_areas(&side[i], pair->kernel[i], err))) ||
		       pair_blame(i, err);
	}
	if (done && by_callers)
		compare_callers(diff, side);
	else if (done)
		compare_addresses(diff, side);
	free(side[THIS].group);
	free(side[OTHER].group);
	return done;
}
