/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The mappings of a page table, as ranges for a search. */
#pragma once

#include "linux/region/region.h"
#include "dump/search.h"
#include "paging/scan.h"

struct kernel;

/* The addresses to find ranges for; first and last are in one half. */
struct mapped_request {
	struct kernel *kernel;
	const struct space *space; /* borrowed */
	uint64_t first, last; /* both inclusive */
	bool processes; /* the half of a process: include pages without access rights */
	bool one_region; /* only ranges in regions of this kind */
	enum region_kind kind;
	bool aliases; /* true: all addresses of a frame; false: one address, see mapped_next() */
};

struct mapped {
	struct mapped_request request;
	struct search_range *ranges; /* owned; result of the last mapped_next() */
	size_t nr_ranges;
	size_t nr_gaps; /* number of missing parts of tables and corrupt entries */
	struct scanned first_gap; /* valid if nr_gaps is not 0 */
	struct scan *scan; /* owned; its end shows whether the scan is complete */
	struct ranked_range *runs; /* owned */
	size_t nr_runs, room_runs;
	const struct region *region; /* region of the last run; NULL: unknown */
};

/* False: out of memory. */
bool mapped_open(struct mapped *mapped, const struct mapped_request *request);
void mapped_close(struct mapped *mapped); /* zeroed is fine */

/* The next ranges, in the order of addresses. False: no more ranges (the code of err is
 * ERROR_NONE), or out of memory. For undamaged kernels one call returns all ranges, at most four
 * million. If a frame has several addresses, the address in the kernel's image is used, or else in
 * modules, vmalloc, the direct map or any other region; of several addresses in one region, the
 * lowest. */
bool mapped_next(struct mapped *mapped, struct error *err);
