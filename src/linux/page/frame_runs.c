/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/page/frame_runs.h"

#include "linux/page/page.h"
#include "kernel/kernel.h"

/* Number of frames between two checks whether the user stopped the work. The number is small,
 * because for each frame hundreds of reads from a flattened file may be necessary. */
enum { FRAMES_A_LOOK = 1 << 6 };

/* Returns the last frame of the block or compound page that contains pfn, or pfn itself. */
static uint64_t frame_runs_last_of(const struct page_use *use, uint64_t pfn)
{
	uint64_t size = use->has_order ? UINT64_C(1) << use->order : 1;

	return pfn - use->head_pfn < size ? use->head_pfn + (size - 1) : pfn;
}

/* Has the kernel counted any frames with corrupted memory? If so, each frame of a compound page
 * must be examined. The count num_poisoned_pages was called mce_bad_pages until 3.7
 * (293c07e31ab5). */
static bool has_poisoned(struct kernel *kernel)
{
	static const char *const counts[] = { "num_poisoned_pages", "mce_bad_pages" };
	const struct page_layout *layout = page_layout_of(kernel, NULL);
	uint64_t address, nr = 0;

	for (int i = 0; i < 2 && layout && layout->hwpoison_mask && !nr; i++)
		if (kernel_symbol(kernel, counts[i], &address, NULL))
			kernel_read_pointer(kernel, address, &nr, NULL);
	return nr;
}

uint64_t page_behind_hole(struct kernel *kernel, uint64_t pfn)
{
	const struct section_layout *layout = page_section_layout(kernel);
	struct section_cursor cursor = { 0 };
	struct section section;
	unsigned int shift;

	if (!layout)
		return pfn + 1;
	shift = (unsigned int)layout->section_bits - kernel_page_shift(kernel);
	cursor.number = pfn >> shift;
	if (!page_next_section(kernel, &cursor, &section))
		return UINT64_MAX;
	if (section.number == pfn >> shift)
		return pfn + 1; /* parts of this section may have struct pages */
	return section.number << shift;
}

/* Extends the run by the frames of `more`, if they follow the run and have the same use. Otherwise
 * visits the run and replaces it by `more`. Returns false if visit returned false. */
static bool frame_runs_add(struct frame_run *run, struct frame_run more,
			   bool (*visit)(const struct frame_run *run, void *arg), void *arg)
{
	if (run->use == more.use && run->last + 1 == more.first && run->object == more.object &&
	    run->order == more.order && run->compound == more.compound && run->idle == more.idle) {
		run->last = more.last;
		return true;
	}
	if (run->use != PAGE_USE_NONE && !visit(run, arg))
		return false;
	*run = more;
	return true;
}

/* Makes a run that consists of one frame. first: the pfn of the frame. apart: see struct
 * frame_range. */
static struct frame_run frame_runs_start(const struct page_use *use, uint64_t first, bool apart)
{
	struct frame_run run = { .first = first, .use = page_use_counted(use) };

	if (!apart)
		return run;
	run.idle = use->idle;
	if (run.use == PAGE_USE_FILE || run.use == PAGE_USE_SHMEM)
		run.object = use->object;
	if (run.use == PAGE_USE_OTHER) {
		run.compound = use->compound;
		run.order = use->has_order ? use->order : 0;
	}
	return run;
}

bool page_runs(struct kernel *kernel, struct frame_range frames,
	       bool (*visit)(const struct frame_run *run, void *arg), void *arg, struct error *err)
{
	struct frame_run run = { .use = PAGE_USE_NONE };
	unsigned int steps = 0;
	uint64_t max_pfn;
	bool each;

	if (!page_layout_of(kernel, err) || !kernel_require(kernel, FACT_MAX_PFN, &max_pfn, err))
		return false;
	if (frames.last >= max_pfn)
		frames.last = max_pfn - 1;
	each = has_poisoned(kernel);
	for (uint64_t pfn = frames.first, end; max_pfn && pfn <= frames.last; pfn = end + 1) {
		struct frame_run more = { .first = pfn };
		struct page_use use;
		struct error why;

		end = pfn;
		if (++steps % FRAMES_A_LOOK == 0 && kernel_stopped(kernel))
			break;
		if (page_use_of(kernel, pfn, &use, &why)) {
			more = frame_runs_start(&use, pfn, frames.apart);
			if (!each || !use.compound || use.hugetlb)
				end = frame_runs_last_of(&use, pfn);
		} else if (why.code == ERROR_NO_ANSWER) {
			end = page_behind_hole(kernel, pfn) - 1;
			continue;
		} else {
			more.use = why.code == ERROR_UNREADABLE ? PAGE_USE_UNREADABLE :
								  PAGE_USE_DAMAGED;
		}
		if (end > frames.last)
			end = frames.last;
		more.last = end;
		if (!frame_runs_add(&run, more, visit, arg))
			return true;
	}
	if (run.use != PAGE_USE_NONE)
		visit(&run, arg);
	return true;
}
