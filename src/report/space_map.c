/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/space_map.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "kernel/arch.h"
#include "kernel/entry.h"
#include "linux/task/mm.h"
#include "paging/scan.h"
#include "query/reverse.h"

/* --- ranges that are mapped twice --- */

/* Finds frames that the kernel maps as read-only or as code outside of the direct map, and also as
 * writable at another address. Uses reverse mappings of all these frames, as ptov -a does for one
 * frame. */

enum { MOST_FRAMES = 1 << 19 };

struct frame_list {
	uint64_t *paddr; /* owned; sorted after all frames were added */
	size_t nr, room;
};

/* Returns true if the mapping is a mapping of code or constants, to which nothing may be
 * written. */
static bool is_protected(const struct scanned *scanned, enum region_kind kind)
{
	return scanned->outcome == WALK_MAPPED && !scanned->repeated &&
	       (!scanned->writable || scanned->executable) &&
	       (kind == REGION_KERNEL_IMAGE || kind == REGION_MODULES || kind == REGION_VMALLOC ||
		kind == REGION_CPU_ENTRY_AREA);
}

static void aliases_add_frames(struct space_map *map, struct frame_list *list,
			       const struct scanned *scanned, uint64_t size)
{
	for (uint64_t at = 0; at < scanned->page_size; at += size) {
		uint64_t paddr = scanned->paddr + at;

		if (list->nr == MOST_FRAMES ||
		    !array_add(&list->paddr, &list->nr, &list->room, &paddr, sizeof(paddr))) {
			map->aliases_cut = true;
			return;
		}
	}
}

static void aliases_find_frames(struct space_map *map, struct kernel *kernel,
				const struct space *space, struct scan *scan,
				struct frame_list *list)
{
	struct scanned scanned;

	for (size_t i = 0; i < map->nr; i++) {
		const struct region *region = &map->region[i].region;

		if (!map->region[i].scanned || !map->region[i].mapped)
			continue;
		scan_start(scan, space, region->first, region->last, false);
		scan->listener = kernel->listener;
		while (!map->aliases_cut && scan_next(scan, &scanned))
			if (is_protected(&scanned, region->kind))
				aliases_add_frames(map, list, &scanned, kernel_page_size(kernel));
		scan_release(scan);
	}
}

/* Finds two mappings of the frame: one that is read-only or executable, and one that is writable.
 * Returns false if one of them does not exist. */
static bool find_pair(const struct reverse *reverse, struct reverse_frame frame, uint64_t paddr,
		      struct alias_range *alias)
{
	bool has_protected = false, has_writable = false;

	for (size_t i = 0; i < frame.nr; i++) {
		const struct mapping *mapping = reverse_mapping(reverse, frame, i);
		uint64_t vaddr = mapping->first + (paddr - mapping->paddr);

		if (mapping->writable && !mapping->executable) {
			alias->writable_at = vaddr;
			has_writable = true;
		} else {
			alias->protected_at = vaddr;
			has_protected = true;
		}
	}
	return has_protected && has_writable;
}

static bool aliases_continues(const struct alias_range *before, const struct alias_range *alias)
{
	return before->paddr + before->size == alias->paddr &&
	       before->protected_at + before->size == alias->protected_at &&
	       before->writable_at + before->size == alias->writable_at;
}

static void add_alias(struct space_map *map, struct alias_range *last,
		      const struct alias_range *alias)
{
	map->alias_bytes += alias->size;
	if (last->size && aliases_continues(last, alias)) {
		last->size += alias->size;
	} else {
		map->alias_ranges++;
		map->nr_alias += map->nr_alias < MOST_SPOTS;
		*last = *alias;
	}
	if (map->alias_ranges <= MOST_SPOTS)
		map->alias[map->nr_alias - 1] = *last;
}

static void aliases_compare(struct space_map *map, struct kernel *kernel,
			    const struct reverse *reverse, const struct frame_list *list)
{
	const struct entry_rules *rules = kernel_entry_rules(kernel);
	struct alias_range last = { 0 };

	for (size_t i = 0; i < list->nr && !kernel_stopped(kernel); i++) {
		struct alias_range alias = { .paddr = list->paddr[i],
					     .size = kernel_page_size(kernel) };
		struct reverse_frame frame;

		if (i && list->paddr[i - 1] == alias.paddr)
			continue;
		frame = reverse_frame(reverse, alias.paddr);
		if (reverse_aliases(reverse, frame, rules, map->has_no_execute).writable_alias &&
		    find_pair(reverse, frame, alias.paddr, &alias))
			add_alias(map, &last, &alias);
	}
}

static void map_back(struct space_map *map, struct kernel *kernel, const struct space *space,
		     struct scan *scan, const struct frame_list *list)
{
	struct reverse *reverse = reverse_create(list->paddr, list->nr, &map->why_aliases);
	struct reverse_owner owner = { .has_pid = false };
	uint64_t half;

	if (!reverse || !task_kernel_half(kernel, &half, &map->why_aliases)) {
		reverse_destroy(reverse);
		return;
	}
	scan_start(scan, space, half, paging_last_address(space->paging), false);
	scan->listener = kernel->listener;
	if (!reverse_add(reverse, kernel, scan, owner, &map->why_aliases))
		;
	else if (!reverse_finish(reverse, kernel->listener))
		fail(&map->why_aliases, ERROR_INTERRUPTED, "interrupted");
	else
		aliases_compare(map, kernel, reverse, list);
	scan_release(scan);
	reverse_destroy(reverse);
}

/* The last step of space_map_make(). */
static void space_map_find_aliases(struct space_map *map, struct kernel *kernel)
{
	const struct space *space = kernel_space(kernel, &map->why_aliases);
	struct scan *scan = malloc(sizeof(*scan));
	struct frame_list list = { 0 };

	if (!space || !scan) {
		if (!scan)
			out_of_memory(&map->why_aliases);
		free(scan);
		return;
	}
	aliases_find_frames(map, kernel, space, scan, &list);
	if (sort_items(list.paddr, list.nr, sizeof(*list.paddr), ranges_compare, kernel->listener))
		map_back(map, kernel, space, scan, &list);
	else
		fail(&map->why_aliases, ERROR_INTERRUPTED, "interrupted");
	free(list.paddr);
	free(scan);
}

/* --- the map --- */

static void copy_regions(struct space_map *map, struct kernel *kernel)
{
	const struct region_list *list = region_all(kernel, &map->why_regions);

	for (size_t i = 0; list && i < list->nr; i++)
		map->region[map->nr++].region = list->region[i];
}

static void add_open(struct space_map *map, uint64_t first, uint64_t last,
		     const struct region *region)
{
	map->open_ranges++;
	map->open_bytes += last - first + 1;
	if (map->nr_open < MOST_SPOTS)
		map->open[map->nr_open++] =
			(struct open_range){ first, last, region_name_mapped(region) };
}

static void space_map_add_mapped(struct space_map *map, struct region_map *use,
				 const struct scanned *range, uint64_t first, uint64_t last)
{
	uint64_t size = last - first + 1;

	use->mapped += size;
	use->writable += range->writable ? size : 0;
	use->executable += range->executable ? size : 0;
	if (!use->nr_ranges++)
		use->first_mapped = first;
	use->last_mapped = last;
	if (range->writable && range->executable) {
		use->both += size;
		add_open(map, first, last, &use->region);
	}
}

/* Adds a mapped range, which may be in several regions. */
static void space_map_add_range(struct space_map *map, const struct scanned *range)
{
	for (size_t i = 0; i < map->nr; i++) {
		struct region_map *use = &map->region[i];
		uint64_t first = range->first, last = range->last;

		if (last < use->region.first || first > use->region.last)
			continue;
		first = first < use->region.first ? use->region.first : first;
		last = last > use->region.last ? use->region.last : last;
		map->has_gaps |= range->outcome != WALK_MAPPED;
		if (range->outcome == WALK_MAPPED)
			space_map_add_mapped(map, use, range, first, last);
		else if (range->outcome == WALK_UNREADABLE)
			use->unreadable += last - first + 1;
		else
			use->corrupt += last - first + 1;
	}
}

static void scan_tables(struct space_map *map, struct kernel *kernel, const struct space *space,
			uint64_t half)
{
	struct range_scan *ranges = malloc(sizeof(*ranges));
	struct scanned range;

	if (!ranges) {
		out_of_memory(&map->why_tables);
		return;
	}
	kernel_range_start(kernel, ranges, space, half, paging_last_address(space->paging));
	while (range_next(ranges, &range))
		space_map_add_range(map, &range);
	map->whole = ranges->scan.end == SCAN_COMPLETE && !map->has_gaps;
	scan_release(&ranges->scan);
	free(ranges);
	for (size_t i = 0; i < map->nr; i++)
		map->region[i].scanned = map->region[i].region.first >= half;
}

void space_map_make(struct space_map *map, struct kernel *kernel)
{
	const struct space *space;
	uint64_t half, offset;

	*map = (struct space_map){ 0 };
	copy_regions(map, kernel);
	map->has_kaslr_offset = kernel_fact(kernel, FACT_KASLR_OFFSET, &offset);
	if (map->has_kaslr_offset)
		map->kaslr_offset = (int64_t)offset;
	space = kernel_space(kernel, &map->why_tables);
	if (!space || !task_kernel_half(kernel, &half, &map->why_tables))
		return;
	map->has_no_execute = space->paging->no_execute_bit;
	scan_tables(map, kernel, space, half);
	space_map_find_aliases(map, kernel);
}
