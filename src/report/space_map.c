/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/space_map.h"

#include <stdlib.h>

#include "kernel/arch.h"
#include "kernel/entry.h"
#include "paging/scan.h"
#include "linux/task/mm.h"

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

/* KASLR moves the bases of the direct map, vmalloc and vmemmap up, each by a random part of the
 * remaining space: kernel_randomize_memory() in arch/x86/mm/kaslr.c. So only a hole before one of
 * these three regions is such a gap. */
const char *space_map_gap_before(const struct space_map *map, size_t index)
{
	enum region_kind kind;

	if (index + 1 >= map->nr || !(map->region[index].region.last >> 32) ||
	    map->region[index].region.kind != REGION_HOLE || !map->has_kaslr_offset ||
	    !map->kaslr_offset)
		return NULL;
	kind = map->region[index + 1].region.kind;
	return kind == REGION_DIRECT_MAP || kind == REGION_VMALLOC || kind == REGION_VMEMMAP ?
		       region_names[kind] :
		       NULL;
}
