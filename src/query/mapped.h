/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The mappings of a page table, as ranges for a search. */
#pragma once

#include "linux/region/region.h"
#include "dump/search.h"
#include "paging/scan.h"

struct kernel;

/* Addresses whose ranges are wanted; first and last lie in one half. */
struct mapped_request {
	struct kernel *kernel;
	const struct space *space; /* borrowed */
	uint64_t first, last; /* inclusive */
	bool processes; /* a process' half: pages without access too */
	bool one_region; /* only ranges in regions of kind */
	enum region_kind kind;
	bool aliases; /* all addresses of a frame; false: one, see mapped_next() */
};

struct mapped {
	struct mapped_request request;
	struct search_range *ranges; /* owned; of the last mapped_next() */
	size_t nr_ranges;
	size_t nr_gaps; /* missing parts of the tables, and corrupt entries */
	struct scanned first_gap; /* if nr_gaps is not 0 */
	struct scan *scan; /* owned; its end shows whether all was scanned */
	struct ranked_range *runs; /* owned */
	size_t nr_runs, room_runs;
	const struct region *region; /* of the last run; NULL: unknown */
};

/* False: out of memory. */
bool mapped_open(struct mapped *mapped, const struct mapped_request *request);
void mapped_close(struct mapped *mapped); /* zeroed is fine */

/*
 * The next ranges, by address. False: the end was reached (the code of err is ERROR_NONE), or
 * memory ran out. A call returns all ranges of sound kernels, and at most four million. If a frame
 * has several addresses in the ranges, the one in the kernel's image is taken, or else in modules,
 * vmalloc, the direct map or any other region; of several in one region, the lowest.
 */
bool mapped_next(struct mapped *mapped, struct error *err);
