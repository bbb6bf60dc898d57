/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The mappings of a page table, as ranges of virtual addresses for a search. */
#pragma once

#include "linux/region/region.h"
#include "dump/search.h"
#include "paging/scan.h"

struct kernel;

/* A request for ranges. first and last must be in the same half of the address space. */
struct mapped_request {
	struct kernel *kernel;
	const struct space *space; /* borrowed */
	uint64_t first, last; /* both inclusive */
	/* True if the addresses are in the half of processes. Then pages without access rights are
	 * included. */
	bool processes;
	bool one_region; /* only ranges in regions of kind */
	enum region_kind kind;
	/* true: find all addresses of a frame; false: find one address, see mapped_next() */
	bool aliases;
};

struct mapped {
	struct mapped_request request;
	struct search_range *ranges; /* owned; result of the last mapped_next() */
	size_t nr_ranges;
	size_t nr_gaps; /* number of missing parts of tables and corrupt entries */
	struct scanned first_gap; /* valid if nr_gaps is not 0 */
	struct scan *scan; /* owned; scan->end shows whether the scan is complete */
	struct ranked_range *runs; /* owned */
	size_t nr_runs, room_runs;
	const struct region *region; /* region of the run that was added last; NULL: unknown */
};

/* Returns false if memory is exhausted. */
bool mapped_open(struct mapped *mapped, const struct mapped_request *request);
void mapped_close(struct mapped *mapped); /* *mapped may be zeroed */

/* Finds the next ranges, in the order of addresses. Returns false if there are no more ranges (then
 * err->code is ERROR_NONE), or if memory is exhausted. One call returns up to four million runs,
 * which is enough for all mappings of an undamaged kernel.
 *
 * Without aliases, a frame with several addresses is found only at one of them: at its address in
 * the kernel's image, or else in modules, in vmalloc, in the direct map, or in any other region;
 * and in this region, at its lowest address. */
bool mapped_next(struct mapped *mapped, struct error *err);
