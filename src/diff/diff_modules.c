/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "linux/module/modules.h"
#include "base/array.h"
#include "base/sort.h"

struct module_list {
	struct module_place *module; /* owned; sorted by name */
	size_t nr, room;
	bool cut; /* the list is damaged, so some modules may be missing */
	struct error why;
};

/* --- a list --- */

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

static bool diff_modules_add(struct kernel *kernel, const struct listed_module *listed, void *arg)
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
static bool diff_modules_read_list(struct module_list *list, struct kernel *kernel,
				   struct error *err)
{
	struct error why;

	list->cut = !module_each(kernel, diff_modules_add, list, &why);
	if (list->cut && why.code != ERROR_FORMAT && !list->nr)
		return fail(err, why.code, "%s", why.message);
	if (list->why.code)
		return fail(err, list->why.code, "%s", list->why.message);
	return !list->nr ||
	       sort_items(list->module, list->nr, sizeof(*list->module), by_name,
			  kernel->listener) ||
	       fail(err, ERROR_SYSTEM, "the modules could not be sorted");
}

/* --- comparing --- */

static enum diff_status diff_modules_compare(const struct pair *pair,
					     const struct module_diff *diff,
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

bool diff_modules(const struct diff *diff)
{
	struct error *err = &diff->summary->why;
	struct module_list list[NR_SIDES] = { { 0 } };
	struct pair_merge merge = { .size = sizeof(struct module_place), .compare = by_name };
	const void *module[NR_SIDES];
	bool done = true, more = true;

	for (enum pair_side side = 0; side < NR_SIDES && done; side++) {
		done = diff_modules_read_list(&list[side], diff->pair->kernel[side], err) ||
		       pair_blame(side, err);
		merge.items[side] = list[side].module;
		merge.nr[side] = list[side].nr;
	}
	while (done && more && !pair_stopped(diff->pair) && pair_next(&merge, module)) {
		struct diff_row row = {
			.part = PART_MODULES,
			.module = { { module[THIS], module[OTHER] } },
		};

		row.status = diff_modules_compare(diff->pair, &row.module, list);
		more = diff_tell(diff, &row);
	}
	free(list[THIS].module);
	free(list[OTHER].module);
	return done;
}
