/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/live.h"

#include <errno.h>
#include <inttypes.h>

/* What the kernel refuses is there; it will not show it. */
static enum page_state state_of_error(int error)
{
	return error == EPERM || error == EFAULT ? PAGE_FILTERED : PAGE_DAMAGED;
}

void live_find(struct dump *dump, struct live *live, uint64_t paddr,
	       struct extent *extent)
{
	uint64_t first = paddr & ~(uint64_t)(CACHE_PAGE_SIZE - 1);
	uint64_t last = paddr | (CACHE_PAGE_SIZE - 1), offset;

	extent_list_find(&live->memory, paddr, extent);
	if (extent->state != PAGE_PRESENT)
		return;
	if (live->refused) {
		extent->data = NULL;
		extent->state = PAGE_FILTERED;
		return;
	}
	if (extent->first < first)
		extent->first = first;
	if (extent->last > last)
		extent->last = last;
	offset = extent_offset(extent, extent->first);
	extent->data = live->page;
	if (file_read(&dump->file, offset, live->page,
		      extent->last - extent->first + 1))
		return;
	extent->data = NULL;
	extent->state = state_of_error(errno);
	dump_trouble(dump,
		     "physical %" PRIx64 " to %" PRIx64 ", offset %#" PRIx64
		     ": %s",
		     extent->first, extent->last, offset, strerror(errno));
}

void live_survey(const struct live *live, struct dump_survey *survey)
{
	for (size_t i = 0; i < live->memory.nr; i++) {
		const struct extent *extent = &live->memory.extents[i];

		dump_survey_add(survey,
				live->refused ? PAGE_FILTERED : extent->state,
				extent->first, extent->last - extent->first + 1);
	}
}
