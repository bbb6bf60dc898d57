/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the uses of frames. */
#include <stdio.h>
#include <stdlib.h>

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

/* Of whole frames. */
static void shaded_runs_add_hole(struct shaded_list *list, uint64_t start, uint64_t last)
{
	uint64_t size = kernel_page_size(list->kernel);
	uint64_t first = kernel_page_first(list->kernel, start + size - 1);

	if (first >= start && first <= last && last - first >= size - 1)
		shaded_runs_add(list, first, last - first + 1 - (last + 1) % size, SHADE_HOLE,
				SHADE_RESERVED);
}

// clang-format off
/* Names of resources that are memory, besides RAM: e820_type_to_string(), arch/x86/kernel/e820.c, and
 * arch/x86/kernel/probe_roms.c. */
static const char *const memory_names[] = {
	"ACPI ", "Reserved", "reserved", "Persistent Memory", "Soft Reserved", "System ROM",
	"Video ROM", "Adapter ROM",
};
// clang-format on

static bool shaded_runs_has_memory(const struct resource *resource)
{
	return resource_is_ram(resource) || after_any(resource->name, memory_names,
						      sizeof(memory_names) / sizeof(*memory_names));
}

/* Sections of memory have struct pages for the holes in them, too. Without any memory, or with a
 * part of the tree missing, nothing is known of holes. */
static void shaded_runs_add_holes(struct shaded_list *list, struct kernel *kernel)
{
	const struct resource_tree *tree = resource_all(kernel, RESOURCE_MEMORY, NULL);
	uint64_t from = 0;

	for (size_t i = 0; tree && !tree->nr_damages && i < tree->nr; i++) {
		const struct resource *resource = &tree->resource[i];

		if (!shaded_runs_has_memory(resource) || resource->end < resource->start)
			continue;
		if (resource->start > from)
			shaded_runs_add_hole(list, from, resource->start - 1);
		if (resource->end >= from)
			from = resource->end + 1;
	}
	if (from)
		shaded_runs_add_hole(list, from, tree->root_end);
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
	shaded_runs_add_holes(&list, kernel);
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
