/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/dma.h"

#include <stdlib.h>

#include "kernel/kernel.h"
#include "paging/scan.h"

/* A search for ranges in a page table. */
struct near_search {
	struct kernel *kernel;
	const struct space *space;
	struct range_scan *ranges;
	bool want_last; /* true: find the last range in a window; false: find the first */
	struct dma_near *near;
};

static struct dma_range find_between(const struct near_search *search, uint64_t first,
				     uint64_t last)
{
	struct dma_range found = { 0 };
	struct scanned range;

	range_start(search->ranges, search->space, first, last);
	search->ranges->scan.listener = search->kernel->listener;
	while (range_next(search->ranges, &range)) {
		if (range.outcome != WALK_MAPPED) {
			search->near->cut = true;
			continue;
		}
		found = (struct dma_range){ true, range.first, range.last };
		if (search->want_last)
			continue;
		scan_release(&search->ranges->scan);
		return found;
	}
	if (search->ranges->scan.end != SCAN_COMPLETE)
		found.known = false;
	return found;
}

/* Finds the nearest mapped range that ends at `last` or before. There may be many ranges below, so
 * searches a small window first, then larger windows. */
static struct dma_range find_below(struct near_search *search, uint64_t last)
{
	struct dma_range found;
	unsigned int shift = 21;
	uint64_t first;

	search->want_last = true;
	/* If the range that was found begins at the start of the window, the whole range may begin
	 * before the window. So a larger window is searched, too. */
	do {
		first = shift < 64 && last >> shift ? last - (UINT64_C(1) << shift) + 1 : 0;
		found = find_between(search, first, last);
		shift += 9;
	} while (first && (!found.known || found.first <= first) &&
		 !kernel_stopped(search->kernel));
	return found;
}

static struct dma_range of_mapping(const struct dma_translation *translation,
				   enum viommu_found where)
{
	const struct viommu_mapping *mapping = &translation->mapping[where];

	return (struct dma_range){ mapping->address, mapping->first, mapping->last };
}

void device_dma_near(struct kernel *kernel, const struct device_dma *dma,
		     const struct dma_translation *translation, struct dma_near *near)
{
	const struct space *space = &dma->entrance.space;
	struct near_search search = { kernel, space, NULL, false, near };
	uint64_t first, last, highest;

	*near = (struct dma_near){ 0 };
	if (dma->entrance.reach == DMA_LISTED) {
		near->below = of_mapping(translation, VIOMMU_BELOW);
		near->above = of_mapping(translation, VIOMMU_ABOVE);
		near->cut = translation->trouble.code;
		return;
	}
	if (!translation->has_walk || translation->walk.outcome == WALK_NON_CANONICAL)
		return;
	/* A page table in the CPU's format has two halves. Devices use only the lower half. */
	highest = paging_last_address(space->paging);
	if (space->paging->sign_extends)
		highest = ~paging_upper_half(space->paging);
	if (translation->bus > highest)
		return;
	walk_range(space, &translation->walk, &first, &last);
	search.ranges = malloc(sizeof(*search.ranges));
	if (!search.ranges)
		return;
	if (last < highest)
		near->above = find_between(&search, last + 1, highest);
	if (first)
		near->below = find_below(&search, first - 1);
	free(search.ranges);
}
