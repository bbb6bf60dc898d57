/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/write/whole_memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "dump/dump.h"
#include "dump/write/frame_set.h"

/* --- the readers of memory --- */

static void *whole_memory_reader_create(const void *dump)
{
	return dump_pass_reader_create(dump);
}

static void whole_memory_reader_destroy(void *reader)
{
	dump_reader_destroy(reader);
}

/* Reads the bytes of a frame that are in the dump, and fills the other bytes with zeros. Returns
 * false if the dump contains no byte of the frame. */
static bool whole_memory_read_parts(struct dump *dump, uint64_t pfn, uint8_t *page)
{
	uint64_t first = pfn << PAGE_SHIFT, at = first, last = page_last(first);
	bool any = false;

	memset(page, 0, PAGE_BYTES);
	while (at <= last && at >= first) {
		struct extent extent;
		uint64_t end;

		dump_find(dump, at, &extent);
		end = extent.last < last ? extent.last : last;
		if (extent.state == PAGE_PRESENT)
			memcpy(page + (at - first), extent.data + (at - extent.first),
			       (size_t)(end - at) + 1);
		any |= extent.state == PAGE_PRESENT || extent.state == PAGE_ZERO;
		at = end + 1;
	}
	return any;
}

static bool whole_memory_read_frame(void *reader, uint64_t pfn, uint8_t *page)
{
	struct dump *dump = reader;
	enum page_state state = dump_read(dump, pfn << PAGE_SHIFT, page, PAGE_BYTES);

	return state == PAGE_PRESENT || whole_memory_read_parts(dump, pfn, page);
}

/* --- choosing the frames --- */

/* Allocates the sets of frames. Their size depends on the highest address of memory, so it is not
 * larger than the bitmaps of a kdump-compressed file. */
static bool make_sets(struct whole_memory *whole, struct dump *dump, struct error *err)
{
	uint64_t last = dump_last_paddr(dump);
	uint64_t nr_frames = (last >> PAGE_SHIFT) + 1;

	if (last >> MEMORY_OUT_BITS)
		return fail(err, ERROR_FORMAT,
			    "the dump has memory at physical %" PRIx64
			    ", but only physical addresses of up to %u bits can be written",
			    last, MEMORY_OUT_BITS);
	whole->kept = frame_set_create(nr_frames);
	whole->known = frame_set_create(nr_frames);
	whole->zero = frame_set_create(nr_frames);
	whole->memory.nr_frames = nr_frames;
	return (whole->kept && whole->known && whole->zero) || out_of_memory(err);
}

/* Adds the bytes [start, end) of a frame. The calls for a frame must be in ascending order. If the
 * last part becomes the whole frame, and the dump contains all of its bytes or none, the frame is
 * not partial, so the part is removed. */
static void whole_memory_add_part(struct whole_memory *whole, uint64_t pfn, uint64_t start,
				  uint64_t end, bool there)
{
	struct memory_out *memory = &whole->memory;
	struct frame_part *part = memory->nr_parts ? &whole->parts[memory->nr_parts - 1] : NULL;

	frame_set_add(whole->known, pfn);
	if (there)
		frame_set_add(whole->kept, pfn);
	if (!part || part->pfn != pfn || part->known_end != start ||
	    (there && part->known_end != part->end)) {
		const struct frame_part added = { pfn, (uint16_t)start, (uint16_t)start,
						  (uint16_t)start };

		if (!array_add(&whole->parts, &memory->nr_parts, &whole->room, &added,
			       sizeof(added))) {
			whole->failed = true;
			return;
		}
		memory->parts = whole->parts;
		part = &whole->parts[memory->nr_parts - 1];
	}
	part->known_end = (uint16_t)end;
	if (there)
		part->end = (uint16_t)end;
	if (part->start == 0 && part->end == PAGE_BYTES)
		memory->nr_parts--;
	else if (part->end == 0 && part->known_end == PAGE_BYTES)
		memory->nr_parts--;
}

/* Returns the number of bytes from paddr to the next hole, but at most size. paddr must not be in a
 * hole. */
static uint64_t dump_data(const struct dump *dump, const struct extent *extent, uint64_t paddr,
			  uint64_t size)
{
	uint64_t before = size;

	if (extent->file)
		before = file_data(dump_file(dump, extent->file), extent_offset(extent, paddr));
	return before < size ? before : size;
}

/* Adds to whole->zero the frames in [start, end) that are in holes of the file. `start` and `end`
 * must be multiples of the page size. */
static void add_holes(struct whole_memory *whole, const struct dump *dump,
		      const struct extent *extent, uint64_t start, uint64_t end)
{
	uint64_t size = end - start, at = 0;

	while (at < size && !listener_stops(dump->listener)) {
		uint64_t hole = dump_hole(dump, extent, start + at, size - at);
		uint64_t first = start + at + (PAGE_BYTES - 1);

		if (hole)
			frame_set_add_run(whole->zero, first >> PAGE_SHIFT,
					  (start + at + hole) >> PAGE_SHIFT);
		at += hole;
		if (at < size)
			at += dump_data(dump, extent, start + at, size - at);
	}
}

/* Adds the frames of an extent. The first and the last frame may be partial frames, and may be the
 * same frame. */
static void add_extent(struct whole_memory *whole, const struct dump *dump,
		       const struct extent *extent)
{
	bool there = extent->state == PAGE_PRESENT || extent->state == PAGE_ZERO;
	uint64_t first = extent->first, end = extent->last + 1;
	uint64_t start = (first + PAGE_BYTES - 1) >> PAGE_SHIFT;

	if (first % PAGE_BYTES) {
		uint64_t stop = end < start << PAGE_SHIFT ? end : start << PAGE_SHIFT;

		whole_memory_add_part(whole, first >> PAGE_SHIFT, first % PAGE_BYTES,
				      stop - page_first(first), there);
	}
	if (start < end >> PAGE_SHIFT) {
		frame_set_add_run(whole->known, start, end >> PAGE_SHIFT);
		if (extent->state == PAGE_TRUNCATED || extent->state == PAGE_DAMAGED)
			whole->memory.nr_lost += (end >> PAGE_SHIFT) - start;
		if (there)
			frame_set_add_run(whole->kept, start, end >> PAGE_SHIFT);
		if (extent->state == PAGE_ZERO)
			frame_set_add_run(whole->zero, start, end >> PAGE_SHIFT);
		else if (there)
			add_holes(whole, dump, extent, start << PAGE_SHIFT, page_first(end));
	}
	if (end % PAGE_BYTES && end > start << PAGE_SHIFT)
		whole_memory_add_part(whole, end >> PAGE_SHIFT, 0, end % PAGE_BYTES, there);
}

static bool whole_memory_add_all(struct whole_memory *whole, struct dump *dump, struct error *err)
{
	const uint64_t limit = whole->memory.nr_frames << PAGE_SHIFT;
	uint64_t step = 0, at = 0;

	while (at < limit && !whole->failed) {
		struct extent extent;

		if (listener_stops_at(dump->listener, step++))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		dump_peek(dump, at, &extent);
		/* Frames at or above the limit exist only if the file has grown since the sets were
		 * allocated. */
		if (extent.last >= limit)
			extent.last = limit - 1;
		if (extent.state != PAGE_ABSENT) {
			if (extent.data)
				extent.data += at - extent.first;
			extent.first = at;
			add_extent(whole, dump, &extent);
		}
		at = extent.last + 1;
	}
	return !whole->failed || out_of_memory(err);
}

bool whole_memory_open(struct whole_memory *whole, struct dump *dump, struct error *err)
{
	*whole = (struct whole_memory){ .failed = false };
	if (!make_sets(whole, dump, err) || !whole_memory_add_all(whole, dump, err)) {
		whole_memory_close(whole);
		return false;
	}
	whole->memory.kept = whole->kept;
	whole->memory.known = whole->known;
	whole->memory.zero = whole->zero;
	whole->memory.reader_create = whole_memory_reader_create;
	whole->memory.reader_destroy = whole_memory_reader_destroy;
	whole->memory.read = whole_memory_read_frame;
	whole->memory.arg = dump;
	return true;
}

void whole_memory_close(struct whole_memory *whole)
{
	free(whole->kept);
	free(whole->known);
	free(whole->zero);
	free(whole->parts);
	*whole = (struct whole_memory){ .failed = false };
}
