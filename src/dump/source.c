/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ranges.h"
#include "dump/extents.h"
#include "dump/flatten.h"

/* The most runs that source_span() joins. It limits the time of a call, because a caller may ask
 * for many spans that overlap. */
enum { MOST_JOINED = 64 };

struct source_copy {
	struct source_copy *next;
	uint8_t bytes[];
};

void source_start(struct source *source, const struct file *file)
{
	*source = (struct source){
		.file = file,
		.mapped = file->too_large ? NULL : file->bytes.data,
		.size = file->size,
		.complete = true,
	};
}

bool source_open(struct source *source, const struct file *file, struct listener *listener,
		 struct error *err)
{
	struct flattened flattened = { 0 };

	source_start(source, file);
	if (!flatten_probe(file->bytes))
		return true;
	source->mapped = NULL;
	source->runs = calloc(1, sizeof(*source->runs));
	if (!source->runs)
		return out_of_memory(err);
	if (!flatten_index(file, source->runs, &flattened, listener, err))
		return false;
	source->size = flattened.size;
	source->complete = flattened.complete;
	source->damaged = flattened.damaged;
	source->most_records = flattened.most;
	return true;
}

void source_end(const struct source *source, char text[SOURCE_END])
{
	if (source->damaged)
		snprintf(text, SOURCE_END, "damaged from offset %#" PRIx64 " on", source->damaged);
	else
		snprintf(text, SOURCE_END, "cut short");
}

void source_close(struct source *source)
{
	struct source_copy *copy;

	if (source->runs)
		extent_list_release(source->runs);
	free(source->runs);
	while ((copy = source->copies)) {
		source->copies = copy->next;
		free(copy);
	}
	*source = (struct source){ 0 };
}

/* Finds the part of [offset, offset + limit) that is in a single run or in a single gap. *run gets
 * this run or gap. If offset is beyond the end of the dump, *run is not set. */
static struct stretch source_find_run(const struct source *source, uint64_t offset, uint64_t limit,
				      struct extent *run)
{
	struct stretch stretch = { .size = limit };

	if (offset >= source->size)
		return stretch;
	*run = (struct extent){ .last = source->size - 1 };
	if (source->runs)
		extent_list_find(source->runs, offset, run);
	stretch.there = run->state != PAGE_ABSENT;
	stretch.zero = !stretch.there && source->complete;
	if (limit - 1 > run->last - offset)
		stretch.size = run->last - offset + 1;
	return stretch;
}

struct stretch source_span(const struct source *source, uint64_t offset, uint64_t limit)
{
	struct extent run;
	struct stretch span = source_find_run(source, offset, limit, &run);

	if (span.there && source->runs) {
		const struct extent *at = source->runs->extents;
		const struct extent *end = at + source->runs->nr;

		at += RANGES_SEARCH(at, source->runs->nr, offset);
		for (int i = 1; i < MOST_JOINED && at + 1 < end && at->last - offset < limit - 1 &&
				at->last + 1 == at[1].first;
		     i++)
			at++;
		span.size = at->last - offset < limit - 1 ? at->last - offset + 1 : limit;
	} else if (span.there) {
		if (source->mapped)
			span.data = source->mapped + offset;
		span.place = span.before = offset;
	}
	return span;
}

struct stretch source_stretch(const struct source *source, uint64_t offset, uint64_t limit)
{
	struct extent run, part;
	struct stretch stretch;

	if (!source->runs)
		return source_span(source, offset, limit);
	stretch = source_find_run(source, offset, limit, &run);
	if (!stretch.there)
		return stretch;
	if (!flatten_find(source->file, &run, source->most_records, offset, &part)) {
		/* Only possible if the file has changed since it was opened. */
		stretch.there = false;
		return stretch;
	}
	if (stretch.size - 1 > part.last - offset)
		stretch.size = part.last - offset + 1;
	stretch.before = offset - part.first;
	stretch.place = extent_offset(&part, offset);
	if (!source->file->too_large)
		stretch.data = source->file->bytes.data + stretch.place;
	return stretch;
}

/* Copies size bytes. Returns false if some of them are not in the file. */
static bool copy_content(const struct source *source, uint64_t offset, size_t size, uint8_t *to)
{
	while (size) {
		struct stretch part = source_stretch(source, offset, size);

		if (part.data)
			memcpy(to, part.data, part.size);
		else if (part.zero)
			memset(to, 0, part.size);
		else if (!part.there || !file_read(source->file, part.place, to, part.size))
			return false;
		to += part.size;
		offset += part.size;
		size -= part.size;
	}
	return true;
}

const uint8_t *source_gather(const struct source *source, uint64_t offset, size_t size,
			     void *scratch)
{
	struct stretch part;

	if (!range_within(offset, size, source->size))
		return NULL;
	part = source_stretch(source, offset, size);
	if (part.data && part.size == size)
		return part.data;
	return copy_content(source, offset, size, scratch) ? scratch : NULL;
}

bool source_read(const struct source *source, uint64_t offset, void *to, size_t size)
{
	const uint8_t *at = source_view(source, offset, size, to);

	if (at && at != to)
		memcpy(to, at, size);
	return at;
}

bool source_has(const struct source *source, uint64_t offset, const void *bytes, size_t size)
{
	uint8_t scratch[16];
	const uint8_t *at = source_view(source, offset, size, scratch);

	return at && !memcmp(at, bytes, size);
}

bool source_copy(struct source *source, uint64_t offset, uint64_t size, uint64_t room,
		 struct bytes *bytes)
{
	struct source_copy *copy;

	/* A copy that is larger than the file would consist mostly of holes, so its size must be
	 * wrong. */
	if (!range_within(offset, size, source->size) || size > room || room > source->file->size ||
	    room > SIZE_MAX - sizeof(*copy))
		return false;
	copy = calloc(1, sizeof(*copy) + (size_t)room);
	if (!copy) {
		source->starved = true;
		return false;
	}
	copy->next = source->copies;
	source->copies = copy;
	*bytes = (struct bytes){ copy->bytes, (size_t)room };
	return copy_content(source, offset, (size_t)size, copy->bytes);
}

bool source_small(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes)
{
	const uint64_t most = 16 << 20;

	if (size > most - source->small)
		return source_bytes(source, offset, size, bytes);
	source->small += size;
	return source_copy(source, offset, size, size, bytes);
}

bool source_bytes(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes)
{
	struct stretch part;

	if (!range_within(offset, size, source->size))
		return false;
	part = source_stretch(source, offset, size);
	if (!part.data || part.size != size)
		return !source->mapped && source_copy(source, offset, size, size, bytes);
	*bytes = (struct bytes){ part.data, (size_t)size };
	return true;
}
