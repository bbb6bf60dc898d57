/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "diff/diff.h"
#include "linux/module/modules.h"
#include "query/area_info.h"

/* --- modules --- */

struct module_list {
	struct module_place *module; /* owned; sorted by name */
	size_t nr, room;
	bool cut; /* the list is damaged, so some modules may be missing */
	struct error why;
};

static void add_sizes(struct kernel *kernel, struct module_place *module)
{
	size_t nr;
	const struct module_range *range = module_all_ranges(kernel, 0, UINT64_MAX, &nr);

	for (size_t i = 0; i < nr; i++)
		if (range[i].module == module->module && !module_part_is_init(range[i].part)) {
			module->has_size = true;
			module->size += range[i].last - range[i].first + 1;
		}
}

static bool add_module(struct kernel *kernel, const struct listed_module *listed, void *arg)
{
	struct module_list *list = arg;
	struct module_place module = { .module = listed->address };

	for (size_t i = 0; i < sizeof(module.name) - 1 && listed->name[i]; i++)
		module.name[i] =
			listed->name[i] > 0x20 && listed->name[i] < 0x7f ? listed->name[i] : '?';
	add_sizes(kernel, &module);
	if (array_add(&list->module, &list->nr, &list->room, &module, sizeof(module)))
		return true;
	return out_of_memory(&list->why);
}

static int by_name(const void *one, const void *other)
{
	const struct module_place *a = one, *b = other;

	return strcmp(a->name, b->name);
}

/* Reads the list of modules up to the first damage. */
static bool read_modules(struct module_list *list, struct kernel *kernel, struct error *err)
{
	struct error why;

	list->cut = !module_each(kernel, add_module, list, &why);
	if (list->cut && why.code != ERROR_FORMAT && !list->nr)
		return fail(err, why.code, "%s", why.message);
	if (list->why.code)
		return fail(err, list->why.code, "%s", list->why.message);
	return !list->nr ||
	       sort_items(list->module, list->nr, sizeof(*list->module), by_name,
			  kernel->listener) ||
	       fail(err, ERROR_SYSTEM, "the modules could not be sorted");
}

static enum diff_status compare_module(const struct pair *pair, const struct module_diff *diff,
				       const struct module_list list[NR_SIDES])
{
	const struct module_place *this = diff->module[THIS], *other = diff->module[OTHER];

	if (!this || !other)
		return pair_single(this ? THIS : OTHER, !list[this ? OTHER : THIS].cut);
	if (this->has_size && other->has_size && this->size != other->size)
		return DIFF_CHANGED;
	if (this->module == other->module)
		return DIFF_SAME;
	return pair->same_boot == YES ? DIFF_CHANGED : DIFF_MOVED;
}

/* Compares modules, matched by name. A module with different addresses in the two dumps is
 * DIFF_MOVED if the dumps are of different boots. For dumps of one boot it is DIFF_CHANGED, because
 * it was loaded again. */
static bool diff_modules(const struct diff *diff)
{
	struct error *err = &diff->summary->why;
	struct module_list list[NR_SIDES] = { { 0 } };
	struct pair_merge merge = { .size = sizeof(struct module_place), .compare = by_name };
	const void *module[NR_SIDES];
	bool done = true, more = true;

	for (enum pair_side side = 0; side < NR_SIDES && done; side++) {
		done = read_modules(&list[side], diff->pair->kernel[side], err) ||
		       pair_blame(side, err);
		merge.items[side] = list[side].module;
		merge.nr[side] = list[side].nr;
	}
	while (done && more && !pair_stopped(diff->pair) && pair_next(&merge, module)) {
		struct diff_row row = {
			.part = PART_MODULES,
			.module = { { module[THIS], module[OTHER] } },
		};

		row.status = compare_module(diff->pair, &row.module, list);
		more = diff_tell(diff, &row);
	}
	free(list[THIS].module);
	free(list[OTHER].module);
	return done;
}

/* --- areas of vmalloc --- */

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

/* --- areas of one boot --- */

/* Compares two areas at the same address. If an area was freed and allocated again with equal
 * properties, it counts as the same area. */
static bool is_same_area(const struct vmalloc_area *one, const struct vmalloc_area *other)
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
			row.status =
				is_same_area(area[THIS], area[OTHER]) ? DIFF_SAME : DIFF_CHANGED;
		else
			row.status = status_of_single(side, area[THIS] ? THIS : OTHER);
		more = diff_tell(diff, &row);
	}
}

/* --- areas of two boots --- */

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

/* Compares areas of vmalloc. Matches areas by address, or, for dumps of different boots, by caller
 * and kind. An area in one list is DIFF_UNKNOWN if it may be in the damaged part of the other
 * list. */
static bool diff_areas(const struct diff *diff)
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

/* --- all parts --- */

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
