/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A pass over the mapped ranges of an address space. Each part of the pass scans canonical
 * addresses of one page table. */
#include <inttypes.h>
#include <stdlib.h>

#include "kernel/entry.h"
#include "lib/handle.h"
#include "paging/scan.h"

struct kwalk_ranges {
	struct kwalk_kernel *handle; /* the pass is one of this handle's users */
	struct process process;
	/* valid if more is true: first and last address of the parts that have not begun yet */
	uint64_t next, last;
	bool more; /* parts have not begun yet */
	bool scanning;
	struct range_scan scan;
};

/* If *first is not canonical, changes it to the next canonical address. Returns false if there is
 * no such address. */
static bool to_canonical(const struct paging *paging, uint64_t *first)
{
	if (paging_canonical(paging, *first))
		return true;
	*first = paging_upper_half(paging);
	return paging->sign_extends;
}

/* Returns the last address of the part that begins at first. If user addresses have a separate page
 * table, a part ends at the last user address. A part also ends at the end of the lower half. */
static uint64_t end_of_part(const struct process *process, const struct paging *paging,
			    uint64_t first, uint64_t last)
{
	if (process->user.root != process->space.root && first <= process->user_last &&
	    last > process->user_last)
		return process->user_last;
	if (paging->sign_extends && first < paging_upper_half(paging) &&
	    last > ~paging_upper_half(paging))
		return ~paging_upper_half(paging);
	return last;
}

/* Starts the scan of the next part. Returns false if there is no further part. */
static bool start_part(struct kwalk_ranges *ranges)
{
	const struct process *process = &ranges->process;
	const struct space *space = process_space(process, ranges->next);
	uint64_t first = ranges->next, last;

	if (!ranges->more || !to_canonical(space->paging, &first) || first > ranges->last)
		return false;
	space = process_space(process, first);
	last = end_of_part(process, space->paging, first, ranges->last);
	ranges->more = last < ranges->last;
	ranges->next = last + 1;
	kernel_range_start(ranges->handle->kernel, &ranges->scan, space, first, last);
	ranges->scanning = true;
	return true;
}

kwalk_ranges *kwalk_ranges_open(kwalk_space *space, uint64_t first, uint64_t last,
				struct kwalk_error *error)
{
	struct kwalk_ranges *ranges = NULL;
	const struct paging *paging;
	struct call call;
	bool possible;

	if (!call_begin(&call, space ? space->handle : NULL, READS_DUMP, error))
		return NULL;
	possible = (first <= last ||
		    fail(&call.err, ERROR_USAGE,
			 "the first address, %" PRIx64 ", is above the last, %" PRIx64, first,
			 last)) &&
		   process_require_memory(&space->process, first, &call.err);
	if (possible)
		ranges = calloc(1, sizeof(*ranges));
	if (ranges) {
		paging = space->process.space.paging;
		ranges->handle = space->handle;
		ranges->process = space->process;
		ranges->more = true;
		ranges->next = first;
		ranges->last =
			last < paging_last_address(paging) ? last : paging_last_address(paging);
		handle_use(ranges->handle);
	}
	if (call_end(&call, possible) == KWALK_OK)
		return ranges;
	kwalk_ranges_free(ranges);
	return NULL;
}

void kwalk_ranges_free(kwalk_ranges *ranges)
{
	if (!ranges)
		return;
	if (ranges->scanning)
		scan_release(&ranges->scan.scan);
	handle_leave(ranges->handle);
	free(ranges);
}

/* Finds the next range of the current part. Returns false if there is none. Sets err if the scan
 * ended before the end of the part. */
static bool ranges_next_range(struct kwalk_ranges *ranges, struct scanned *range, struct error *err)
{
	struct scan *scan = &ranges->scan.scan;

	if (ranges->scanning && range_next(&ranges->scan, range))
		return true;
	if (!ranges->scanning)
		return false;
	if (scan->end != SCAN_COMPLETE) {
		fail(err,
		     scan->end == SCAN_NO_MEMORY   ? ERROR_SYSTEM :
		     scan->end == SCAN_INTERRUPTED ? ERROR_INTERRUPTED :
						     ERROR_FORMAT,
		     "stopped at %" PRIx64 ", after reading %" PRIu64 " tables, %" PRIu64
		     " of them repeatedly",
		     scan_position(scan), scan->nr_tables, scan->nr_repeats);
		ranges->more = false;
	}
	scan_release(scan);
	ranges->scanning = false;
	return false;
}

static void ranges_describe(const struct kwalk_ranges *ranges, const struct scanned *range,
			    struct kwalk_range *found)
{
	static const enum kwalk_status of_outcome[] = {
		[WALK_MAPPED] = KWALK_MAPPED,
		[WALK_CORRUPT] = KWALK_CORRUPT,
		[WALK_UNREADABLE] = KWALK_TABLE_UNREADABLE,
	};
	const struct entry_rules *rules = kernel_entry_rules(ranges->handle->kernel);

	found->status = of_outcome[range->outcome];
	found->first = range->first;
	found->last = range->last;
	found->page_size = range->page_size;
	found->level = ranges->process.space.paging->level[range->level].name;
	if (range->outcome == WALK_UNREADABLE)
		found->reason = range->reason;
	if (range->outcome != WALK_MAPPED)
		return;
	found->paddr = range->paddr;
	found->writable = range->writable;
	found->executable = range->executable;
	found->user = range->user;
	found->global = range->global;
	if (rules->cache_known)
		found->cache = cache_type_names[range->cache];
}

static bool ranges_find_next(struct call *call, struct kwalk_ranges *ranges,
			     struct kwalk_range *range)
{
	struct kwalk_range found = { 0 };
	struct scanned scanned;

	call->err.code = ERROR_NONE;
	while (!ranges_next_range(ranges, &scanned, &call->err)) {
		if (call->err.code)
			return false;
		if (!start_part(ranges))
			return fail(&call->err, ERROR_NO_ANSWER, "there are no more ranges");
	}
	ranges_describe(ranges, &scanned, &found);
	return call_give(call, range, &found, sizeof(found));
}

int kwalk_ranges_next(kwalk_ranges *ranges, struct kwalk_range *range, struct kwalk_error *error)
{
	struct call call;

	if (!call_begin(&call, ranges ? ranges->handle : NULL, READS_ALL, error))
		return call.refused;
	return call_end(&call, ranges_find_next(&call, ranges, range));
}
