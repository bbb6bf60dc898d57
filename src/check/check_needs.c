/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "check/check_needs.h"

#include <string.h>

#include "dump/dump.h"
#include "kernel/kernel.h"
#include "linux/page/frame_runs.h"

/* The bits of the level are in makedumpfile.h: DL_EXCLUDE_ZERO 1, DL_EXCLUDE_CACHE 2,
 * DL_EXCLUDE_CACHE_PRI 4, DL_EXCLUDE_USER_DATA 8, DL_EXCLUDE_FREE 16. */
const struct need_row need_rows[NR_NEEDS] = {
	[NEED_KERNEL] = { "kernel", 31, "tasks, bt, log, slabs, check and most other commands" },
	[NEED_CACHE] = { "page-cache", 25, "content of files and shared memory: rd -u, search -P" },
	[NEED_USER] = { "user", 23, "memory of processes and of hugetlb: rd -u, search -P" },
	[NEED_FREE] = { "free", 15, "what freed memory held: rd, search -p" },
	[NEED_UNKNOWN] = { "unknown", 31, "the use of these frames: page, frames, ptov -a" },
};

struct need_pass {
	struct kernel *kernel;
	struct need_count *count;
};

/* Returns NR_NEEDS for frames whose content no question needs, or that makedumpfile treats in ways
 * that depend on its version: balloons, corrupted frames. */
static enum need need_of(enum page_use_kind use)
{
	switch (use) {
	case PAGE_USE_FILE:
	case PAGE_USE_SHMEM: return NEED_CACHE;
	case PAGE_USE_ANON:
	case PAGE_USE_KSM:
	case PAGE_USE_HUGETLB: return NEED_USER;
	case PAGE_USE_FREE: return NEED_FREE;
	case PAGE_USE_RESERVED:
	case PAGE_USE_TABLE:
	case PAGE_USE_SLAB:
	case PAGE_USE_KMALLOC:
	case PAGE_USE_OTHER: return NEED_KERNEL;
	case PAGE_USE_UNREADABLE: return NEED_UNKNOWN;
	default: return NR_NEEDS;
	}
}

static bool count_run(const struct frame_run *run, void *arg)
{
	struct need_pass *pass = arg;
	struct kernel *kernel = pass->kernel;
	enum need need = need_of(run->use);
	struct need_count *count = &pass->count[need];
	struct extent extent;
	uint64_t last, frames;

	if (need == NR_NEEDS)
		return true;
	for (uint64_t pfn = run->first; pfn <= run->last; pfn += frames) {
		if (kernel_stopped(kernel))
			return false;
		dump_peek(kernel->dump, kernel_frame(kernel, pfn), &extent);
		last = kernel_pfn(kernel, extent.last);
		frames = (last < run->last ? last : run->last) - pfn + 1;
		if (last < pfn) /* the extent ends within the frame */
			frames = 1;
		if (extent.state == PAGE_ABSENT)
			continue;
		count->frames += frames;
		if (extent.state == PAGE_PRESENT || extent.state == PAGE_ZERO)
			continue;
		if (!count->missing)
			count->first_missing = pfn;
		count->missing += frames;
	}
	return true;
}

bool check_count_needs(struct kernel *kernel, struct need_count count[NR_NEEDS], struct error *err)
{
	struct need_pass pass = { kernel, count };

	memset(count, 0, NR_NEEDS * sizeof(*count));
	if (!page_runs(kernel, (struct frame_range){ .last = UINT64_MAX }, count_run, &pass, err))
		return false;
	/* Counts of a part of the frames would show that the dump lacks nothing. */
	return !kernel_stopped(kernel) || fail(err, ERROR_INTERRUPTED, "interrupted");
}
