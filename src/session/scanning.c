/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/scanning.h"

#include <inttypes.h>

#include "session/interrupt.h"

void scanning_explain(const struct paging *paging, const struct scanned *range,
		      struct error *err)
{
	const char *level = paging->level[range->level].name;

	if (range->outcome == WALK_CORRUPT)
		fail(err, ERROR_FORMAT,
		     "%" PRIx64 " to %" PRIx64 ": the %s entry %" PRIx64
		     " at %" PRIx64 " is corrupt: it has a bit set that must be 0",
		     range->first, range->last, level, range->entry,
		     range->entry_paddr);
	else
		fail(err, ERROR_UNREADABLE,
		     "%" PRIx64 " to %" PRIx64 ": the %s entry at %" PRIx64
		     " is not in the dump: %s",
		     range->first, range->last, level, range->entry_paddr,
		     page_state_names[range->reason]);
}

bool scanning_complete(const struct scan *scan, struct error *err)
{
	if (scan->end == SCAN_ENDLESS)
		return fail(
			err, ERROR_FORMAT,
			"stopped at %" PRIx64 ", after %" PRIu64
			" tables, %" PRIu64
			" of them again: they name each other; what was found so far is shown",
			scan_position(scan), scan->nr_tables, scan->nr_repeats);
	if (scan->end == SCAN_NO_MEMORY)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (scan->end == SCAN_INTERRUPTED || interrupt_came)
		return fail(err, ERROR_INTERRUPTED,
			    "interrupted: the answer ends at %" PRIx64,
			    scan_position(scan));
	return true;
}
