/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the uses of frames. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/region/region.h"
#include "linux/resource/resource.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "base/text.h"
#include "paging/scan.h"
#include "report/frame_map.h"

enum { MOST_RUNS = 1 << 20 };

struct shaded_list {
	const struct kernel *kernel;
	struct shaded_run *run; /* owned */
	size_t nr, room;
};

static void shaded_runs_add(struct shaded_list *list, uint64_t paddr, uint64_t size,
			    enum shade shade, enum shade of)
{
	uint64_t first = kernel_pfn(list->kernel, paddr);
	struct shaded_run run = {
		.first = first,
		.last = first + kernel_pfn(list->kernel, size - 1),
		.shade = (uint8_t)shade,
		.of = (uint8_t)of,
	};
	struct shaded_run *before = list->nr ? &list->run[list->nr - 1] : NULL;

	if (before && before->last + 1 == first && before->shade == shade)
		before->last = run.last;
	else if (list->nr < MOST_RUNS)
		array_add(&list->run, &list->nr, &list->room, &run, sizeof(run));
}

/* "Kernel code", "Kernel rodata", "Kernel data", "Kernel bss": arch/x86/kernel/setup.c */
static void add_image(struct shaded_list *list, struct kernel *kernel)
{
	const struct resource_tree *tree = resource_all(kernel, RESOURCE_MEMORY, NULL);

	for (size_t i = 0; tree && i < tree->nr; i++) {
		const struct resource *resource = &tree->resource[i];

		if (starts_with(resource->name, "Kernel ") && resource->end >= resource->start)
			shaded_runs_add(list, kernel_page_first(kernel, resource->start),
					resource->end - kernel_page_first(kernel, resource->start) +
						1,
					SHADE_KERNEL, SHADE_RESERVED);
	}
}

static void shaded_runs_add_region(struct shaded_list *list, struct kernel *kernel,
				   const struct space *space, const struct region *region,
				   struct scan *scan)
{
	struct scanned scanned;

	scan_start(scan, space, region->first, region->last, false);
	scan->listener = kernel->listener;
	while (scan_next(scan, &scanned))
		if (scanned.outcome == WALK_MAPPED)
			shaded_runs_add(list, scanned.paddr, scanned.page_size, SHADE_VMALLOC,
					SHADE_OTHER);
	scan_release(scan);
}

static void add_areas(struct shaded_list *list, struct kernel *kernel)
{
	const struct space *space = kernel_space(kernel, NULL);
	const struct region_list *regions = region_all(kernel, NULL);
	struct scan *scan = malloc(sizeof(*scan));

	for (size_t i = 0; scan && space && regions && i < regions->nr; i++)
		if (region_has_areas(&regions->region[i]) ||
		    region_has_modules(kernel, &regions->region[i]))
			shaded_runs_add_region(list, kernel, space, &regions->region[i], scan);
	free(scan);
}

/* Sorted runs become disjoint: of two that overlap, the rest of the later one stays. */
static void separate(struct shaded_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->nr; i++) {
		struct shaded_run run = list->run[i];

		if (kept && run.first <= list->run[kept - 1].last)
			run.first = list->run[kept - 1].last + 1;
		if (run.first && run.first <= run.last)
			list->run[kept++] = run;
	}
	list->nr = kept;
}

static void choose_caches(struct frame_parts *parts, const struct amounts *slabs)
{
	for (size_t i = 0; i < slabs->nr && parts->nr_caches < MAP_CACHES; i++) {
		struct map_cache *cache = &parts->cache[parts->nr_caches];

		if (!slabs->item[i].size)
			break;
		cache->address = slabs->item[i].address;
		snprintf(cache->name, sizeof(cache->name), "%.63s", slabs->item[i].name);
		parts->nr_caches++;
	}
}

void frame_parts_find(struct frame_parts *parts, struct kernel *kernel, const struct amounts *slabs)
{
	struct shaded_list list = { .kernel = kernel };

	*parts = (struct frame_parts){ 0 };
	choose_caches(parts, slabs);

	add_image(&list, kernel);
	add_areas(&list, kernel);
	if (!sort_items(list.run, list.nr, sizeof(*list.run), ranges_compare, kernel->listener))
		list.nr = 0;
	separate(&list);
	parts->run = list.run;
	parts->nr = list.nr;
}

void frame_parts_release(struct frame_parts *parts)
{
	free(parts->run);
	parts->run = NULL;
}
