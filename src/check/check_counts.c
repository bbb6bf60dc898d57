/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds frames that have more mappings than their struct page counts. Processes may map one frame
 * thousands of times, so each frame is stored once, with the number of its mappings. */
#include <inttypes.h>
#include <stdlib.h>

#include "check/check_pass.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/scatter.h"
#include "base/sort.h"

enum { MOST_MAPPED = 1 << 22, FIRST_SLOTS = 1 << 10 };

/* Returns the slot of the frame, or the free slot in which the frame can be stored. */
static uint32_t *slot_of(const struct mapped_frames *frames, uint64_t pfn)
{
	size_t mask = frames->nr_slots - 1, nr = scatter(pfn, frames->key) & mask;

	while (frames->slot[nr] && frames->frame[frames->slot[nr] - 1].pfn != pfn)
		nr = (nr + 1) & mask;
	return &frames->slot[nr];
}

static bool grow_slots(struct mapped_frames *frames)
{
	size_t nr = frames->nr_slots ? 2 * frames->nr_slots : FIRST_SLOTS;
	uint32_t *slot = calloc(nr, sizeof(*slot));

	if (!slot)
		return false;
	if (!frames->nr_slots)
		frames->key = scatter_key();
	free(frames->slot);
	frames->slot = slot;
	frames->nr_slots = nr;
	for (size_t i = 0; i < frames->nr; i++)
		*slot_of(frames, frames->frame[i].pfn) = (uint32_t)i + 1;
	return true;
}

static int compare_places(const struct mapped_place *a, const struct mapped_place *b)
{
	return COMPARE(a->pid, b->pid) ?: COMPARE(a->vaddr, b->vaddr);
}

/* Returns the frame, or NULL. Processes map files in the same order, so the frame is often stored
 * after the frame that was found last. */
static struct mapped_frame *find_frame(struct mapped_frames *frames, uint64_t pfn)
{
	size_t next = frames->found + 1;
	uint32_t at;

	if (!frames->nr)
		return NULL;
	if (next >= frames->nr || frames->frame[next].pfn != pfn) {
		at = *slot_of(frames, pfn);
		if (!at)
			return NULL;
		next = at - 1;
	}
	frames->found = next;
	return &frames->frame[next];
}

bool check_add_place(struct mapped_frames *frames, uint64_t pfn, struct mapped_place place,
		     uint64_t times)
{
	struct mapped_frame *frame = find_frame(frames, pfn);

	if (!frame)
		return false;
	frames->nr_added++;
	frame->times += times;
	if (compare_places(&place, &frame->first) < 0)
		frame->first = place;
	if (compare_places(&place, &frame->last) > 0)
		frame->last = place;
	return true;
}

void check_add_frame(struct mapped_frames *frames, const struct mapped_frame *frame)
{
	if (check_add_place(frames, frame->pfn, frame->first, frame->times))
		return;
	if (frames->nr == MOST_MAPPED ||
	    (2 * (frames->nr + 1) > frames->nr_slots && !grow_slots(frames)) ||
	    !array_add(&frames->frame, &frames->nr, &frames->room, frame, sizeof(*frame))) {
		frames->too_many = true;
		return;
	}
	frames->frame[frames->nr - 1].last = frame->first;
	*slot_of(frames, frame->pfn) = (uint32_t)frames->nr;
	frames->nr_added++;
}

/* Moves the frames that have too many mappings to the start of the array, and drops the others. */
static void keep_overmapped(struct mapped_frames *frames)
{
	size_t nr = 0;

	for (size_t i = 0; i < frames->nr; i++)
		if (frames->frame[i].times > frames->frame[i].mapcount)
			frames->frame[nr++] = frames->frame[i];
	frames->nr = nr;
}

void check_count_mapped(struct mapped_frames *frames, struct tally *overmapped)
{
	struct kernel *kernel = overmapped->checker->kernel;

	keep_overmapped(frames);
	if (!sort_items(frames->frame, frames->nr, sizeof(*frames->frame), ranges_compare,
			kernel->listener)) {
		frames->too_many = true;
		return;
	}
	for (size_t i = 0; i < frames->nr; i++) {
		const struct mapped_frame *frame = &frames->frame[i];

		check_count(overmapped, kernel_page_size(kernel),
			    "the struct page of %" PRIx64
			    " counts %u mappings, but the page has %" PRIu64
			    ", for example at %" PRIx64 " of pid %d and at %" PRIx64 " of pid %d",
			    kernel_frame(kernel, frame->pfn), frame->mapcount, frame->times,
			    frame->first.vaddr, (int)frame->first.pid, frame->last.vaddr,
			    (int)frame->last.pid);
	}
}

void check_release_mapped(struct mapped_frames *frames)
{
	free(frames->frame);
	free(frames->slot);
	*frames = (struct mapped_frames){ .nr_added = frames->nr_added,
					  .too_many = frames->too_many };
}
