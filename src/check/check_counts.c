/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds frames that have more mappings than their struct page counts. Processes may map one frame
 * thousands of times, so each frame is stored once, with the number of mappings that its struct page
 * counts. Each mapping that is found is subtracted. */
#include <inttypes.h>
#include <stdlib.h>

#include "check/check_pass.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/scatter.h"
#include "base/sort.h"

enum { MOST_MAPPED = 1 << 23, MOST_CHUNKS = 1 << 20, FIRST_SLOTS = 1 << 10 };

/* Returns the slot of the chunk, or the free slot in which the chunk can be stored. */
static struct mapped_chunk **slot_of(const struct mapped_frames *frames, uint64_t number)
{
	size_t mask = frames->nr_slots - 1, nr = scatter(number, frames->key) & mask;

	while (frames->slot[nr] && frames->slot[nr]->number != number)
		nr = (nr + 1) & mask;
	return &frames->slot[nr];
}

static bool grow_slots(struct mapped_frames *frames)
{
	struct mapped_frames more = *frames;

	more.nr_slots = frames->nr_slots ? 2 * frames->nr_slots : FIRST_SLOTS;
	more.slot = calloc(more.nr_slots, sizeof(*more.slot));
	if (!more.slot)
		return false;
	more.key = frames->nr_slots ? frames->key : scatter_key();
	for (size_t i = 0; i < frames->nr_slots; i++)
		if (frames->slot[i])
			*slot_of(&more, frames->slot[i]->number) = frames->slot[i];
	free(frames->slot);
	*frames = more;
	return true;
}

/* Returns the chunk that contains the frame, or NULL. */
static struct mapped_chunk *find_frame_chunk(struct mapped_frames *frames, uint64_t pfn)
{
	uint64_t number = pfn / CHUNK_FRAMES;

	if (!frames->chunk || frames->chunk->number != number)
		frames->chunk = frames->nr_slots ? *slot_of(frames, number) : NULL;
	return frames->chunk;
}

/* Adds the chunk that contains the frame, unless it exists. Returns NULL if memory runs out, or if
 * there are too many chunks. */
static struct mapped_chunk *add_frame_chunk(struct mapped_frames *frames, uint64_t pfn)
{
	struct mapped_chunk *chunk = find_frame_chunk(frames, pfn);

	if (chunk)
		return chunk;
	if (frames->nr_chunks == MOST_CHUNKS ||
	    (2 * (frames->nr_chunks + 1) > frames->nr_slots && !grow_slots(frames)))
		return NULL;
	chunk = calloc(1, sizeof(*chunk));
	if (!chunk)
		return NULL;
	chunk->number = pfn / CHUNK_FRAMES;
	*slot_of(frames, chunk->number) = chunk;
	frames->nr_chunks++;
	return frames->chunk = chunk;
}

static int compare_places(const struct mapped_place *a, const struct mapped_place *b)
{
	return COMPARE(a->pid, b->pid) ?: COMPARE(a->vaddr, b->vaddr);
}

struct mapped_frame *check_find_frame(struct mapped_frames *frames, uint64_t pfn)
{
	const struct mapped_chunk *chunk = find_frame_chunk(frames, pfn);
	uint32_t at = chunk ? chunk->at[pfn % CHUNK_FRAMES] : 0;

	if (!at)
		return NULL;
	frames->next = at;
	return &frames->frame[at - 1];
}

/* Counts mappings that the struct page does not count. */
static void count_more(struct mapped_frames *frames, struct mapped_frame *frame,
		       struct mapped_place place, uint64_t times)
{
	const struct mapped_place first = { frame->vaddr, frame->pid };
	struct overmapped *over;

	if (!frame->over) {
		const struct overmapped more = {
			.pfn = frame->pfn,
			.mapcount = frame->mapcount,
			.first = first,
			.last = first,
		};

		if (!array_add(&frames->over, &frames->nr_over, &frames->room_over, &more,
			       sizeof(more))) {
			frames->too_many = true;
			return;
		}
		frame->over = (uint32_t)frames->nr_over;
	}
	over = &frames->over[frame->over - 1];
	over->more += times;
	if (compare_places(&place, &over->first) < 0)
		over->first = place;
	if (compare_places(&place, &over->last) > 0)
		over->last = place;
}

static void count_mapping(struct mapped_frames *frames, struct mapped_frame *frame,
			  struct mapped_place place, uint64_t times)
{
	uint64_t counted;

	frames->nr_added++;
	counted = times < frame->left ? times : frame->left;
	frame->left -= (uint32_t)counted;
	if (times > counted)
		count_more(frames, frame, place, times - counted);
}

bool check_add_place(struct mapped_frames *frames, uint64_t pfn, struct mapped_place place,
		     uint64_t times)
{
	struct mapped_frame *frame = check_find_frame(frames, pfn);

	if (!frame || !check_is_compared(frame))
		return false;
	count_mapping(frames, frame, place, times);
	return true;
}

void check_add_frame(struct mapped_frames *frames, const struct mapped_frame *frame, uint64_t times)
{
	const struct mapped_place place = { frame->vaddr, frame->pid };
	struct mapped_chunk *chunk = add_frame_chunk(frames, frame->pfn);
	uint32_t *at = chunk ? &chunk->at[frame->pfn % CHUNK_FRAMES] : NULL;

	if (!at || (!*at && (frames->nr == MOST_MAPPED ||
			     !array_add(&frames->frame, &frames->nr, &frames->room, frame,
					sizeof(*frame))))) {
		frames->too_many |= check_is_compared(frame);
		return;
	}
	if (!*at) {
		*at = (uint32_t)frames->nr;
		frames->frame[*at - 1].left = frame->mapcount;
	}
	frames->next = *at;
	if (check_is_compared(&frames->frame[*at - 1]))
		count_mapping(frames, &frames->frame[*at - 1], place, times);
}

void check_count_mapped(struct mapped_frames *frames, struct tally *overmapped)
{
	struct kernel *kernel = overmapped->checker->kernel;

	if (!sort_items(frames->over, frames->nr_over, sizeof(*frames->over), ranges_compare,
			kernel->listener)) {
		frames->too_many = true;
		return;
	}
	for (size_t i = 0; i < frames->nr_over; i++) {
		const struct overmapped *over = &frames->over[i];

		check_count(overmapped, kernel_page_size(kernel),
			    "the struct page of %" PRIx64
			    " counts %u mappings, but the page has %" PRIu64
			    ", for example at %" PRIx64 " of pid %d and at %" PRIx64 " of pid %d",
			    kernel_frame(kernel, over->pfn), over->mapcount,
			    over->mapcount + over->more, over->first.vaddr, (int)over->first.pid,
			    over->last.vaddr, (int)over->last.pid);
	}
}

void check_release_mapped(struct mapped_frames *frames)
{
	for (size_t i = 0; i < frames->nr_slots; i++)
		free(frames->slot[i]);
	free(frames->slot);
	free(frames->frame);
	free(frames->over);
	*frames = (struct mapped_frames){ .nr_added = frames->nr_added,
					  .too_many = frames->too_many };
}
