/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/parts.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/page.h"
#include "dump/extents.h"

struct parts_run {
	unsigned int first, last; /* offsets in a page, both inclusive */
};

static uint64_t frame_at(const struct parts *parts, size_t i)
{
	return load_le64(parts->note.data + parts->frame[i]);
}

/* Returns the number of runs of a frame as it is stored in the note. PARTS_MARKED may have been
 * added to it. */
static unsigned int runs_at(struct bytes note, size_t frame)
{
	return load_le16(note.data + frame + 8);
}

static struct parts_run run_at(struct bytes note, size_t frame, unsigned int i)
{
	const uint8_t *at = note.data + frame + PARTS_FRAME_BYTES + (size_t)i * PARTS_RUN_BYTES;

	return (struct parts_run){ load_le16(at), load_le16(at + 2) };
}

/* Is there a valid description of a frame at the offset *at? If so, moves *at to the end of the
 * description. */
static bool parts_take_frame(struct bytes note, size_t *at)
{
	unsigned int nr, next = 0;
	size_t frame = *at;

	if (!range_within(frame, PARTS_FRAME_BYTES, note.size))
		return false;
	if (!runs_at(note, frame))
		return false;
	nr = runs_at(note, frame) & ~(unsigned int)PARTS_MARKED;
	*at += PARTS_FRAME_BYTES + (size_t)nr * PARTS_RUN_BYTES;
	if (*at > note.size)
		return false;
	for (unsigned int i = 0; i < nr; i++) {
		struct parts_run run = run_at(note, frame, i);

		if (run.first < next || run.last < run.first || run.last >= PAGE_BYTES)
			return false;
		next = run.last + 2; /* two runs must have at least one byte between them */
	}
	return true;
}

struct parts *parts_create(struct bytes note)
{
	struct parts *parts = calloc(1, sizeof(*parts));
	size_t room = 0, at = 0, frame;
	bool good = parts;

	if (parts)
		parts->note = note;
	while (good && at < note.size) {
		frame = at;
		good = parts_take_frame(note, &at) &&
		       (!parts->nr ||
			frame_at(parts, parts->nr - 1) < load_le64(note.data + frame)) &&
		       load_le64(note.data + frame) <= UINT64_MAX >> PAGE_SHIFT &&
		       array_add(&parts->frame, &parts->nr, &room, &frame, sizeof(frame));
	}
	if (good)
		return parts;
	parts_destroy(parts);
	return NULL;
}

void parts_destroy(struct parts *parts)
{
	if (!parts)
		return;
	free(parts->frame);
	free(parts);
}

/* Cuts the extent to the run that contains paddr. If no run contains paddr, cuts the extent to the
 * gap around paddr. Returns true if a run contains paddr. */
static bool cut_to_runs(const struct parts *parts, size_t i, uint64_t paddr, struct extent *extent)
{
	uint64_t page = page_first(paddr);
	unsigned int offset = (unsigned int)(paddr - page);
	struct parts_run gap = { 0, PAGE_BYTES - 1 };
	unsigned int end = runs_at(parts->note, parts->frame[i]) & ~(unsigned int)PARTS_MARKED;

	for (unsigned int nr = 0; nr < end; nr++) {
		struct parts_run run = run_at(parts->note, parts->frame[i], nr);

		if (offset < run.first) {
			gap.last = run.first - 1;
			break;
		}
		if (offset <= run.last) {
			extent_cut(extent, page + run.first, page + run.last);
			return true;
		}
		gap.first = run.last + 1;
	}
	extent_cut(extent, page + gap.first, page + gap.last);
	return false;
}

/* Is the word at the address `at` a mark? `at` must be a multiple of four, in the extent or just
 * after it. A word that is only partly in the extent is not a mark. */
static bool is_mark(const struct extent *extent, uint64_t at)
{
	return extent->data && at >= extent->first && extent->last - at >= sizeof(uint32_t) - 1 &&
	       load_le32(extent->data + (at - extent->first)) == PARTS_MARK;
}

/* Cuts the extent to the largest range that contains paddr and in which all words are marks, or no
 * word is a mark. Returns true if the words are marks. */
static bool cut_to_marks(uint64_t paddr, struct extent *extent)
{
	const uint64_t size = sizeof(uint32_t);
	uint64_t first = paddr & -size, next = first + size;
	bool marks = is_mark(extent, first);

	while (next <= extent->last && is_mark(extent, next) == marks)
		next += size;
	extent_cut(extent, first, next - 1);
	return marks;
}

static void cut_frame(const struct parts *parts, size_t i, uint64_t paddr, struct extent *extent)
{
	bool in_run = cut_to_runs(parts, i, paddr, extent);
	bool marked = runs_at(parts->note, parts->frame[i]) & PARTS_MARKED;

	if (marked ? !in_run && !cut_to_marks(paddr, extent) : in_run)
		return;
	extent->state = PAGE_FILTERED;
	extent->data = NULL;
}

void parts_cut(const struct parts *parts, uint64_t paddr, struct extent *extent)
{
	uint64_t pfn = paddr >> PAGE_SHIFT;
	size_t i = ARRAY_SEARCH(k, 0, parts->nr, frame_at(parts, k) < pfn);

	if (extent->state != PAGE_PRESENT && extent->state != PAGE_ZERO)
		return;
	if (i < parts->nr && frame_at(parts, i) == pfn) {
		cut_frame(parts, i, paddr, extent);
		return;
	}
	if (i < parts->nr)
		extent_cut(extent, 0, (frame_at(parts, i) << PAGE_SHIFT) - 1);
	if (i)
		extent_cut(extent, (frame_at(parts, i - 1) + 1) << PAGE_SHIFT, UINT64_MAX);
}
