/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "paging/range.h"

#include "paging/family.h"

void range_start(struct range_scan *ranges, const struct space *space,
		 uint64_t first, uint64_t last)
{
	scan_start(&ranges->scan, space, first, last, false);
	for (unsigned int i = 0; i < 8; i++)
		ranges->cache_class[i] = (uint8_t)i;
	ranges->has_pending = false;
}

static struct range range_of(const struct range_scan *ranges,
			     const struct scanned *scanned)
{
	const struct paging *paging = ranges->scan.space->paging;
	struct range range = {
		.first = scanned->first, .last = scanned->last,
		.outcome = scanned->outcome, .reason = scanned->reason,
		.entry_paddr = scanned->entry_paddr,
		.page_size = scanned->page_size, .level = scanned->level,
	};

	if (scanned->outcome == WALK_UNREADABLE)
		return range;
	range.entry = scanned->entry;
	if (scanned->outcome != WALK_MAPPED)
		return range;
	range.writable = scanned->writable;
	range.user = scanned->user;
	range.executable = scanned->executable;
	range.global = paging->family->is_global(paging, scanned->entry);
	range.cache = ranges->cache_class[paging->family->cache_index(
		paging, scanned->level, scanned->entry)];
	return range;
}

static bool continues(const struct range *range, const struct range *next)
{
	if (range->last + 1 != next->first || range->outcome != next->outcome)
		return false;
	if (range->outcome == WALK_UNREADABLE)
		return range->reason == next->reason;
	return range->level == next->level &&
	       range->writable == next->writable && range->user == next->user &&
	       range->executable == next->executable &&
	       range->global == next->global && range->cache == next->cache;
}

bool range_next(struct range_scan *ranges, struct range *range)
{
	struct scanned scanned;

	while (scan_next(&ranges->scan, &scanned)) {
		struct range next = range_of(ranges, &scanned);

		if (ranges->has_pending && continues(&ranges->pending, &next)) {
			ranges->pending.last = next.last;
			continue;
		}
		*range = ranges->pending;
		ranges->pending = next;
		if (ranges->has_pending)
			return true;
		ranges->has_pending = true;
	}
	*range = ranges->pending;
	if (!ranges->has_pending)
		return false;
	ranges->has_pending = false;
	return true;
}
