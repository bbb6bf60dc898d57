/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "diff/diff.h"

/* --- facts --- */

/* Returns the value as it would be without KASLR. i386 kernels have no phys_base, so none is
 * subtracted. */
static uint64_t relative(struct kernel *kernel, enum fact_place place, uint64_t value)
{
	uint64_t offset, phys_base;

	if (kernel_fact(kernel, FACT_KASLR_OFFSET, &offset))
		value -= offset;
	if (place == PLACE_LOADED && kernel_fact(kernel, FACT_PHYS_BASE, &phys_base))
		value -= phys_base;
	return value;
}

static bool is_moved(const struct pair *pair, const struct fact_diff *diff)
{
	enum fact_place place = fact_row(diff->id)->place;

	if (!pair->same_paging || pair->same_boot == YES)
		return false;
	switch (place) {
	case PLACE_NONE: return false;
	case PLACE_BASE: return true;
	case PLACE_ALLOCATED: return pair->same_boot == NO;
	default:
		if (pair->build == BUILD_SAME)
			/* linked addresses are equal, so only KASLR changed the value */
			return true;
		return relative(pair->kernel[THIS], place, diff->value[THIS]) ==
		       relative(pair->kernel[OTHER], place, diff->value[OTHER]);
	}
}

static enum diff_status compare_fact(const struct pair *pair, const struct fact_diff *diff)
{
	if (!diff->known[THIS] || !diff->known[OTHER])
		return DIFF_UNKNOWN;
	if (diff->value[THIS] == diff->value[OTHER])
		return DIFF_SAME;
	return is_moved(pair, diff) ? DIFF_MOVED : DIFF_CHANGED;
}

bool diff_facts(const struct diff *diff)
{
	bool more = true;

	for (enum fact_id id = 0; id < NR_FACTS && more; id++) {
		struct diff_row row = { .part = PART_FACTS, .fact = { .id = id } };
		struct fact_diff *fact = &row.fact;

		for (enum pair_side side = 0; side < NR_SIDES; side++)
			fact->known[side] =
				kernel_fact(diff->pair->kernel[side], id, &fact->value[side]);
		if (!fact->known[THIS] && !fact->known[OTHER])
			continue;
		row.status = compare_fact(diff->pair, fact);
		more = diff_tell(diff, &row);
	}
	return true;
}

/* --- regions --- */

static bool is_compared(const struct region *region)
{
	return region->kind != REGION_HOLE && region->kind != REGION_NON_CANONICAL;
}

const struct region *diff_region_counterpart(const struct region_list *list, size_t nr,
					     const struct region_list *among)
{
	enum region_kind kind = list->region[nr].kind;
	size_t before = 0;

	for (size_t i = 0; i < nr; i++)
		before += list->region[i].kind == kind;
	for (size_t i = 0; i < among->nr; i++)
		if (among->region[i].kind == kind && !before--)
			return &among->region[i];
	return NULL;
}

/* Returns true if the kinds of all regions are known. Without the kernel's types, a region may have
 * an unknown kind, so any region of the other dump may correspond to it. */
static bool is_certain(const struct region_list *list)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->region[i].kind == REGION_NEEDS_TYPES)
			return false;
	return true;
}

static enum diff_status compare_region(const struct pair *pair, const struct region *this,
				       const struct region *other, bool certain)
{
	if (this && other && this->kind != REGION_NEEDS_TYPES) {
		if (this->first == other->first && this->last == other->last)
			return DIFF_SAME;
		if (!pair->same_bases && this->last - this->first == other->last - other->first)
			return DIFF_MOVED;
	}
	if (!certain)
		return DIFF_UNKNOWN;
	if (!this)
		return DIFF_VANISHED;
	return other ? DIFF_CHANGED : DIFF_APPEARED;
}

/* Visits the regions of one dump. For side THIS, visits all regions; for side OTHER, only regions
 * without a counterpart in THIS. Returns false if the visitor ended the part. */
static bool visit_regions(const struct diff *diff, const struct region_list *const list[NR_SIDES],
			  enum pair_side side)
{
	bool certain = is_certain(list[THIS]) && is_certain(list[OTHER]);

	for (size_t i = 0; i < list[side]->nr; i++) {
		const struct region *own = &list[side]->region[i];
		const struct region *match = diff_region_counterpart(list[side], i, list[!side]);
		struct diff_row row = { .part = PART_REGIONS };

		if (!is_compared(own) || (side == OTHER && match))
			continue;
		row.region.region[side] = own;
		row.region.region[!side] = match;
		row.status = compare_region(diff->pair, row.region.region[THIS],
					    row.region.region[OTHER], certain);
		if (!diff_tell(diff, &row))
			return false;
	}
	return true;
}

bool diff_regions(const struct diff *diff)
{
	const struct region_list *list[NR_SIDES];
	struct error *err = &diff->summary->why;

	if (!pair_require_paging(diff->pair, err))
		return false;
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		list[side] = region_all(diff->pair->kernel[side], err);
		if (!list[side])
			return pair_blame(side, err);
	}
	if (visit_regions(diff, list, THIS))
		visit_regions(diff, list, OTHER);
	return true;
}
