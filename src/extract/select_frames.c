/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Keeps struct pages, and the frames that, according to their struct pages, the kernel uses for
 * itself. */
#include <inttypes.h>

#include "query/page_owner.h"
#include "base/address_set.h"
#include "linux/page/frame_runs.h"
#include "query/memory_runs.h"
#include "linux/page/page.h"
#include "linux/page/page_use.h"
#include "extract/select.h"
#include "kernel/kernel.h"

/* Keeps the frames that are mapped at virtual addresses from first to last, both inclusive. Returns
 * the number of bytes that are not mapped. */
static uint64_t select_mapped(struct selector *selector, const struct space *space, uint64_t first,
			      uint64_t last, enum selection_kind kind)
{
	uint64_t missing = 0;

	for (uint64_t at = page_first(first); at <= last; at += PAGE_BYTES) {
		struct walk walk = walk_page_table(space, at);

		if (walk.outcome == WALK_MAPPED)
			selection_add(selector->selection, walk.paddr >> PAGE_SHIFT, kind);
		else
			missing += PAGE_BYTES;
		if (at > UINT64_MAX - PAGE_BYTES)
			break;
	}
	return missing;
}

void select_memory_map(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;
	const struct space *space;
	uint64_t max_pfn, size, at_once, missing = 0;
	struct error err;

	space = kernel_space(kernel, &err);
	if (!space || !kernel_require(kernel, FACT_MAX_PFN, &max_pfn, &err) ||
	    !kernel_require(kernel, FACT_STRUCT_PAGE_SIZE, &size, &err)) {
		selector_lacks(selector, "struct pages", &err);
		return;
	}
	/* 32 struct pages are kept at once if they fit in a page. They are contiguous, because each
	 * section and node begins at a multiple of 32 frames. */
	at_once = size <= LEAST_PAGE / 32 ? 32 : 1;
	for (uint64_t pfn = 0, page; pfn < max_pfn;) {
		if (kernel_stopped(kernel))
			return;
		if (!page_of_pfn(kernel, pfn, &page, NULL)) {
			pfn = page_behind_hole(kernel, pfn);
			continue;
		}
		missing += select_mapped(selector, space, page, page + (at_once * size - 1),
					 SELECTED_MEMORY_MAP);
		pfn += at_once;
	}
	if (!missing)
		return;
	fail(&err, ERROR_UNREADABLE, "%" PRIu64 " bytes of them are not mapped", missing);
	selector_lacks(selector, "struct pages", &err);
}

/* --- the kernel's own memory --- */

/* Returns true if the kernel uses the frame for itself. Returns false for free frames, for frames
 * of files and processes, even if their content is compressed (zsmalloc), for frames that a balloon
 * took from the kernel, and for frames that a driver may move. */
static bool is_kernels(enum page_use_kind use)
{
	return use == PAGE_USE_RESERVED || use == PAGE_USE_TABLE || use == PAGE_USE_SLAB ||
	       use == PAGE_USE_KMALLOC || use == PAGE_USE_OTHER;
}

struct frame_selector {
	struct selector *selector;
	/* `unknown` is the number of frames with unknown use. `first_unknown` is the page frame
	 * number of the first of them. */
	uint64_t unknown, first_unknown;
};

static bool select_run(const struct frame_run *run, void *arg)
{
	struct frame_selector *place = arg;
	const struct kernel *kernel = place->selector->kernel;

	if (page_use_is_lost(run->use)) {
		if (!place->unknown)
			place->first_unknown = run->first;
		place->unknown += run->last - run->first + 1;
	}
	if (is_kernels(run->use))
		selection_add_range(place->selector->selection, kernel_frame(kernel, run->first),
				    kernel_frame(kernel, run->last + 1) - 1, SELECTED_KERNEL,
				    kernel->listener);
	return true;
}

void select_kernel_memory(struct selector *selector)
{
	struct frame_selector place = { .selector = selector };
	struct error err;

	if (!page_runs(selector->kernel, (struct frame_range){ .last = UINT64_MAX }, select_run,
		       &place, &err)) {
		selector_lacks(selector, "the kernel's memory", &err);
		return;
	}
	if (!place.unknown)
		return;
	fail(&err, ERROR_UNREADABLE,
	     "the use of %" PRIu64
	     " frames is not known, because their struct pages are missing or damaged; the first is %" PRIx64,
	     place.unknown, place.first_unknown);
	selector_lacks(selector, "the kernel's memory", &err);
}

/* --- files in the page cache --- */

struct file_selector {
	struct selector *selector;
	struct address_set seen; /* addresses of the struct address_spaces that were already read */
	uint64_t steps;
	bool failed; /* memory was exhausted */
};

/* Reads the file to which the frame belongs, if it was not read before. */
static bool select_frames_read_file(struct file_selector *place, uint64_t pfn)
{
	struct kernel *kernel = place->selector->kernel;
	struct page_use use;
	struct page_file file;

	if (listener_stops_at(kernel->listener, ++place->steps))
		return false;
	if (!page_use_of(kernel, pfn, &use) ||
	    (use.kind != PAGE_USE_FILE && use.kind != PAGE_USE_SHMEM) || !use.object)
		return true;
	switch (address_set_add(&place->seen, use.object)) {
	case ADDRESS_NEW: query_page_file(kernel, use.object, &file); return true;
	case ADDRESS_SEEN: return true;
	default: place->failed = true; return false;
	}
}

static bool read_files(const struct frame_run *run, void *arg)
{
	struct file_selector *place = arg;

	if (run->use != PAGE_USE_FILE && run->use != PAGE_USE_SHMEM)
		return true;
	for (uint64_t pfn = run->first; pfn <= run->last; pfn++)
		if (!select_frames_read_file(place, pfn))
			return false;
	return true;
}

bool select_files(struct selector *selector)
{
	struct file_selector place = { .selector = selector };
	struct memory_question question = {
		.frames = { .last = UINT64_MAX },
		.visit = read_files,
		.arg = &place,
	};

	query_memory_runs(selector->kernel, &question, NULL);
	address_set_release(&place.seen);
	return !place.failed;
}
