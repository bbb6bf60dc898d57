/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Physical memory. */
#include "dump/dump.h"

#include <inttypes.h>

#include "lib/handle.h"

#define SAME(state) ((int)KWALK_##state == (int)PAGE_##state)
_Static_assert(SAME(PRESENT) && SAME(ZERO) && SAME(FILTERED) && SAME(ABSENT) && SAME(TRUNCATED) &&
		       SAME(DAMAGED) && (int)KWALK_DAMAGED + 1 == (int)NR_PAGE_STATES,
	       "kwalk.h and dump/extents.h have the same states");

kwalk_dump *kwalk_get_dump(kwalk_kernel *kernel)
{
	return kernel ? &kernel->dump : NULL;
}

static struct kwalk_kernel *handle_of(const struct kwalk_dump *dump)
{
	return dump ? dump->handle : NULL;
}

const char *kwalk_dump_format(kwalk_dump *dump)
{
	const struct kwalk_kernel *handle = handle_of(dump);

	return handle && handle->kernel ? handle->kernel->dump->format_name : NULL;
}

const char *kwalk_state_name(int state)
{
	return state >= 0 && state < NR_PAGE_STATES ? page_state_names[state] : NULL;
}

int kwalk_dump_extent(kwalk_dump *dump, uint64_t paddr, struct kwalk_extent *extent,
		      struct kwalk_error *error)
{
	struct kwalk_extent found = { 0 };
	struct extent inner;
	struct call call;

	if (!call_begin(&call, handle_of(dump), READS_DUMP, error))
		return call.refused;
	dump_find_run(call.kernel->dump, paddr, &inner);
	found.state = inner.state;
	found.first = inner.first;
	found.last = inner.last;
	return call_end(&call, call_give(&call, extent, &found, sizeof(found)));
}

static bool dump_read_all(struct call *call, uint64_t paddr, void *buffer, size_t size)
{
	enum page_state state;

	if (!size)
		return true;
	if (!call_wants(call, buffer, "the buffer"))
		return false;
	if (paddr > UINT64_MAX - (size - 1))
		return fail(&call->err, ERROR_USAGE,
			    "%" PRIx64 ": %zu bytes from this address extend past the last address",
			    paddr, size);
	state = dump_read(call->kernel->dump, paddr, buffer, size);
	return state == PAGE_PRESENT ||
	       fail(&call->err, ERROR_UNREADABLE,
		    "physical %" PRIx64 ", %zu bytes: part of this memory is %s", paddr, size,
		    page_state_names[state]);
}

int kwalk_dump_read(kwalk_dump *dump, uint64_t paddr, void *buffer, size_t size,
		    struct kwalk_error *error)
{
	struct call call;

	if (!call_begin(&call, handle_of(dump), READS_DUMP, error))
		return call.refused;
	return call_end(&call, dump_read_all(&call, paddr, buffer, size));
}
