/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/live.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"
#include "formats/listed.h"

struct live *live_open(struct dump *dump, struct error *err)
{
	dump->private = calloc(1, sizeof(struct live));
	dump->pages = page_cache_create(); /* stays empty: no load is cached */
	if (dump->private && dump->pages)
		return dump->private;
	fail(err, ERROR_SYSTEM, "out of memory");
	return NULL;
}

void live_close(struct dump *dump)
{
	struct live *live = dump->private;

	page_cache_destroy(dump->pages);
	if (!live)
		return;
	extent_list_release(&live->memory);
	free(live->places);
	free(live->notes);
	free(live);
}

bool live_take(struct live *live, struct pieces *pieces, struct error *err)
{
	bool ok =
		!pieces->failed &&
		extent_list_build(&live->memory, pieces->at, pieces->nr, true);

	free(pieces->at);
	return ok || fail(err, ERROR_SYSTEM, "out of memory");
}

/* Memory that the kernel refuses to show exists. */
static enum page_state state_of_error(int error)
{
	return error == EPERM || error == EFAULT ? PAGE_FILTERED : PAGE_DAMAGED;
}

void live_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct live *live = dump->private;
	uint64_t first = page_first(paddr), last = page_last(paddr), offset;

	extent_list_find(&live->memory, paddr, extent);
	if (extent->state != PAGE_PRESENT)
		return;
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

void live_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct live *live = dump->private;

	extents_survey(&live->memory, survey);
}
