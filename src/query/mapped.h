/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The mappings of a page table as ranges of virtual addresses, for searches in the memory that is
 * mapped there. */
#pragma once

#include "linux/region.h"
#include "dump/search.h"
#include "paging/scan.h"

struct kernel;

/* A request for ranges. `first` and `last` must be in the same half of the address space. */
struct mapped_request {
	struct kernel *kernel;
	const struct space *space; /* borrowed */
	uint64_t first, last; /* both inclusive */
	/* True if the addresses are in the half of processes. Then the ranges include pages without
	 * access rights (PROT_NONE). */
	bool processes;
	bool one_region; /* true: return only ranges in regions of the kind `kind` */
	enum region_kind kind;
	/* true: return all addresses of a frame; false: only one, see mapped_next() */
	bool aliases;
};

struct mapped {
	struct mapped_request request;
	struct search_range *ranges; /* owned; the ranges that the last mapped_next() returned */
	size_t nr_ranges;
	size_t nr_gaps; /* number of missing parts of tables and of corrupt entries */
	struct scanned first_gap; /* valid if nr_gaps is not 0 */
	/* Number of pages of the request that were swapped out, and the address of the first. */
	uint64_t nr_swapped, first_swapped;
	struct scan *scan; /* owned; scan->end shows whether the scan reached its end */
	struct ranked_range *runs; /* owned */
	size_t nr_runs, room_runs;
	/* The init section of the kernel image. init_end is exclusive. Both 0: unknown, or not needed */
	uint64_t init_first, init_end;
	const struct region *region; /* region of the last run; NULL: unknown */
};

/* Prepares the first mapped_next(). Returns false if there is not enough memory. */
bool mapped_open(struct mapped *mapped, const struct mapped_request *request);
void mapped_close(struct mapped *mapped); /* *mapped may be zeroed */

/* Finds the next ranges, in the order of addresses. One call finds up to four million runs of
 * contiguous pages, which is enough for all mappings of an undamaged kernel. Returns false if there
 * are no more ranges, or if there is not enough memory. In the first case err->code is ERROR_NONE.
 * Without request.aliases, a frame with several addresses is found at only one of them. The
 * kernel's image comes first, then modules, vmalloc, the image's init section, the direct map, and
 * all other regions. In the chosen region, the lowest address is used. */
bool mapped_next(struct mapped *mapped, struct error *err);
