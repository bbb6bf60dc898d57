/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "paging/family.h"
#include "paging/scan.h"

enum {
	RANGES_ALWAYS = 1 << 18, /* the number of ranges that is always allowed */
	ENTRY_BYTES = 4, /* the smallest size of an entry in bytes */
};

void range_start(struct range_scan *ranges, const struct space *space, uint64_t first,
		 uint64_t last)
{
	scan_start(&ranges->scan, space, first, last, false);
	for (unsigned int i = 0; i < 8; i++)
		ranges->cache_class[i] = (uint8_t)i;
	ranges->is_apart = NULL;
	ranges->has_pending = false;
	ranges->nr = 0;
	ranges->max_ranges = RANGES_ALWAYS;
}

static void range_classify(const struct range_scan *ranges, struct scanned *range)
{
	const struct paging *paging = ranges->scan.space->paging;

	range->apart = range->outcome == WALK_MAPPED && ranges->is_apart &&
		       ranges->is_apart(ranges->arg, range->paddr);
	if (range->outcome != WALK_MAPPED) {
		range->readable = range->writable = range->user = range->executable = false;
		range->global = false;
		range->cache = 0;
		return;
	}
	range->global = entry_is_global(paging, range->entry);
	range->cache = ranges->cache_class[entry_cache_index(paging, range->level, range->entry)];
}

static bool range_continues(const struct scanned *range, const struct scanned *next)
{
	if (range->last + 1 != next->first || range->outcome != next->outcome)
		return false;
	if (range->outcome == WALK_UNREADABLE)
		return range->reason == next->reason;
	return range->level == next->level && range->readable == next->readable &&
	       range->writable == next->writable && range->user == next->user &&
	       range->executable == next->executable && range->global == next->global &&
	       range->cache == next->cache && range->apart == next->apart;
}

/* Counts a range. If there are more ranges than all tables have entries, ends the scan and returns
 * false. This is possible only if damaged tables point to each other. */
static bool range_count_range(struct range_scan *ranges)
{
	uint64_t entries = paging_page_size(ranges->scan.space->paging) / ENTRY_BYTES;

	if (++ranges->nr <= ranges->max_ranges + entries * ranges->scan.seen.nr)
		return true;
	ranges->scan.end = SCAN_ENDLESS;
	scan_release(&ranges->scan);
	ranges->has_pending = false;
	return false;
}

bool range_next(struct range_scan *ranges, struct scanned *range)
{
	struct scanned next;

	while (scan_next(&ranges->scan, &next)) {
		range_classify(ranges, &next);
		if (ranges->has_pending && range_continues(&ranges->pending, &next)) {
			ranges->pending.last = next.last;
			continue;
		}
		*range = ranges->pending;
		ranges->pending = next;
		if (ranges->has_pending)
			return range_count_range(ranges);
		ranges->has_pending = true;
	}
	*range = ranges->pending;
	if (!ranges->has_pending)
		return false;
	ranges->has_pending = false;
	return true;
}
