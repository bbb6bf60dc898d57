/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/mapped.h"

#include <stdlib.h>

#include "base/array.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"

enum { MOST_RUNS = 1 << 22 };

/* The init section is freed after boot. Its frames can then be part of modules or of vmalloc areas,
 * which describe the content better than symbols of the init section. */
static bool mapped_in_init(const struct mapped *mapped, uint64_t vaddr)
{
	return vaddr >= mapped->init_first && vaddr < mapped->init_end;
}

static unsigned int mapped_rank_of(const struct mapped *mapped, uint64_t vaddr)
{
	switch (mapped->region ? mapped->region->kind : REGION_UNKNOWN) {
	case REGION_KERNEL_IMAGE: return mapped_in_init(mapped, vaddr) ? 3 : 0;
	case REGION_MODULES: return 1;
	case REGION_VMALLOC: return 2;
	case REGION_DIRECT_MAP: return 4;
	default: return 5;
	}
}

/* Returns the last address of the part of the region that has the same rank as vaddr. */
static uint64_t mapped_rank_last(const struct mapped *mapped, uint64_t vaddr)
{
	uint64_t last = mapped->region->last;

	if (mapped->region->kind != REGION_KERNEL_IMAGE || vaddr >= mapped->init_end)
		return last;
	if (vaddr >= mapped->init_first)
		return mapped->init_end - 1 < last ? mapped->init_end - 1 : last;
	return mapped->init_first - 1 < last ? mapped->init_first - 1 : last;
}

bool mapped_open(struct mapped *mapped, const struct mapped_request *request)
{
	*mapped = (struct mapped){ .request = *request };
	mapped->scan = malloc(sizeof(*mapped->scan));
	if (!mapped->scan)
		return false;
	if (!request->aliases && !request->processes)
		region_image_section(request->kernel, IMAGE_INIT, &mapped->init_first,
				     &mapped->init_end);
	scan_start(mapped->scan, request->space, request->first, request->last, request->processes);
	mapped->scan->listener = request->kernel->listener;
	return true;
}

void mapped_close(struct mapped *mapped)
{
	if (mapped->scan)
		scan_release(mapped->scan);
	free(mapped->scan);
	free(mapped->runs);
	free(mapped->ranges);
	*mapped = (struct mapped){ 0 };
}

/* --- runs: contiguous addresses in one region, mapped to contiguous memory --- */

static bool mapped_add_run(struct mapped *mapped, uint64_t first, uint64_t last, uint64_t paddr)
{
	struct ranked_range run = { { first, paddr, last }, mapped_rank_of(mapped, first) };
	struct ranked_range *before = mapped->nr_runs ? &mapped->runs[mapped->nr_runs - 1] : NULL;

	if (before && before->range.last + 1 == first &&
	    before->range.paddr + (first - before->range.address) == paddr &&
	    before->rank == run.rank) {
		before->range.last = last;
		return true;
	}
	return array_add(&mapped->runs, &mapped->nr_runs, &mapped->room_runs, &run, sizeof(run));
}

/* Adds the part of a page that is in the request. Splits the part at the borders of regions. */
static bool mapped_add_page(struct mapped *mapped, uint64_t first, uint64_t last, uint64_t paddr)
{
	const struct mapped_request *request = &mapped->request;

	if (first < request->first) {
		paddr += request->first - first;
		first = request->first;
	}
	if (last > request->last)
		last = request->last;
	while (first <= last) {
		const struct region *region = mapped->region;
		uint64_t end = last, rank_last;

		if (!region || first < region->first || first > region->last)
			region = region_of(request->kernel, first, NULL);
		mapped->region = region;
		rank_last = region ? mapped_rank_last(mapped, first) : last;
		if (rank_last < end)
			end = rank_last;
		if ((!request->one_region || (region && region->kind == request->kind)) &&
		    !mapped_add_run(mapped, first, end, paddr))
			return false;
		if (end == last)
			break;
		paddr += end - first + 1;
		first = end + 1;
	}
	return true;
}

static void mapped_count_swapped(struct mapped *mapped, const struct scanned *scanned)
{
	if (!mapped->nr_swapped)
		mapped->first_swapped = scanned->first;
	mapped->nr_swapped += (scanned->last - scanned->first + 1) / scanned->page_size;
}

static bool mapped_add_scanned(struct mapped *mapped, const struct scanned *scanned)
{
	const struct space *space = mapped->request.space;
	uint64_t last = scanned->last;
	struct entry_meaning meaning;

	if (scanned->outcome == WALK_MAPPED) {
		if (scanned->repeated) /* many pages map the same memory: add only the first page */
			last = scanned->first + (scanned->page_size - 1);
		return mapped_add_page(mapped, scanned->first, last, scanned->paddr);
	}
	if (scanned->outcome != WALK_NOT_PRESENT) {
		if (!mapped->nr_gaps++)
			mapped->first_gap = *scanned;
		return true;
	}
	meaning = kernel_describe_entry(mapped->request.kernel, space->paging, scanned->level,
					scanned->entry & ~space->encrypt_mask);
	if (meaning.kind == ENTRY_SWAPPED)
		mapped_count_swapped(mapped, scanned);
	return meaning.kind != ENTRY_PROT_NONE || !meaning.has_physical ||
	       mapped_add_page(mapped, scanned->first, last, meaning.physical);
}

bool mapped_next(struct mapped *mapped, struct error *err)
{
	struct scanned scanned;
	bool sound = true;

	err->code = ERROR_NONE;
	free(mapped->ranges);
	mapped->ranges = NULL;
	mapped->nr_ranges = mapped->nr_runs = 0;
	while (sound && mapped->nr_runs < MOST_RUNS && scan_next(mapped->scan, &scanned))
		sound = mapped_add_scanned(mapped, &scanned);
	if (sound && !mapped->nr_runs)
		return false;
	mapped->ranges = sound ? search_ranges(mapped->runs, mapped->nr_runs,
					       mapped->request.aliases, &mapped->nr_ranges) :
				 NULL;
	return mapped->ranges || out_of_memory(err);
}
