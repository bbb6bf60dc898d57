/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "container/source.h"

#include <stdlib.h>

#include "base/ranges.h"
#include "container/extents.h"
#include "container/flatten.h"

/* Runs in a span. Spans may overlap: each costs no more than so many steps. */
enum { MOST_JOINED = 64 };

struct source_copy {
	struct source_copy *next;
	uint8_t bytes[];
};

bool source_open(struct source *source, const struct file *file,
		 struct listener *listener, struct error *err)
{
	struct flattened flattened;

	*source = (struct source){
		.file = file->bytes,
		.size = file->bytes.size,
		.complete = true,
	};
	if (!flatten_probe(file->bytes))
		return true;
	source->runs = calloc(1, sizeof(*source->runs));
	if (!source->runs)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!flatten_index(file, source->runs, &flattened, listener, err))
		return false;
	source->size = flattened.size;
	source->complete = flattened.complete;
	source->most_records = flattened.most;
	return true;
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

/* The part of [offset, offset + limit) in one run or gap, and that run. */
static struct stretch find_run(const struct source *source, uint64_t offset,
			       uint64_t limit, struct extent *run)
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

struct stretch source_span(const struct source *source, uint64_t offset,
			   uint64_t limit)
{
	struct extent run;
	struct stretch span = find_run(source, offset, limit, &run);

	if (span.there && source->runs) {
		const struct extent *at = source->runs->extents;
		const struct extent *end = at + source->runs->nr;

		at += RANGES_SEARCH(at, source->runs->nr, offset);
		for (int i = 1; i < MOST_JOINED && at + 1 < end &&
				at->last - offset < limit - 1 &&
				at->last + 1 == at[1].first;
		     i++)
			at++;
		span.size = at->last - offset < limit - 1 ?
				    at->last - offset + 1 :
				    limit;
	} else if (span.there) {
		span.data = source->file.data + offset;
		span.before = offset;
	}
	return span;
}

struct stretch source_stretch(const struct source *source, uint64_t offset,
			      uint64_t limit)
{
	struct extent run, part;
	struct stretch stretch;

	if (!source->runs)
		return source_span(source, offset, limit);
	stretch = find_run(source, offset, limit, &run);
	if (!stretch.there)
		return stretch;
	if (!flatten_find(source->file, &run, source->most_records, offset,
			  &part)) {
		stretch.there = false; /* the file has changed */
		return stretch;
	}
	if (stretch.size - 1 > part.last - offset)
		stretch.size = part.last - offset + 1;
	stretch.before = offset - part.first;
	stretch.data = part.data + stretch.before;
	return stretch;
}

/* Copies content; false where some is not in the file. */
static bool copy_content(const struct source *source, uint64_t offset,
			 uint64_t size, uint8_t *to)
{
	while (size) {
		struct stretch part = source_stretch(source, offset, size);

		if (part.data)
			memcpy(to, part.data, part.size);
		else if (part.zero)
			memset(to, 0, part.size);
		else
			return false;
		to += part.size;
		offset += part.size;
		size -= part.size;
	}
	return true;
}

const uint8_t *source_gather(const struct source *source, uint64_t offset,
			     size_t size, void *scratch)
{
	struct stretch part;

	if (!range_within(offset, size, source->size))
		return NULL;
	part = source_stretch(source, offset, size);
	if (part.data && part.size == size)
		return part.data;
	return copy_content(source, offset, size, scratch) ? scratch : NULL;
}

bool source_read(const struct source *source, uint64_t offset, void *to,
		 size_t size)
{
	const uint8_t *at = source_view(source, offset, size, to);

	if (at && at != to)
		memcpy(to, at, size);
	return at;
}

bool source_has(const struct source *source, uint64_t offset, const void *bytes,
		size_t size)
{
	uint8_t scratch[16];
	const uint8_t *at = source_view(source, offset, size, scratch);

	return at && !memcmp(at, bytes, size);
}

bool source_copy(struct source *source, uint64_t offset, uint64_t size,
		 uint64_t room, struct bytes *bytes)
{
	struct source_copy *copy;

	/* A copy larger than the file would be mostly holes: its size is a lie. */
	if (!range_within(offset, size, source->size) || size > room ||
	    room > source->file.size)
		return false;
	copy = calloc(1, sizeof(*copy) + room);
	if (!copy)
		return false;
	copy->next = source->copies;
	source->copies = copy;
	*bytes = (struct bytes){ copy->bytes, room };
	return copy_content(source, offset, size, copy->bytes);
}

bool source_small(struct source *source, uint64_t offset, uint64_t size,
		  struct bytes *bytes)
{
	const uint64_t most = 16 << 20;

	if (size > most - source->small)
		return source_bytes(source, offset, size, bytes);
	source->small += size;
	return source_copy(source, offset, size, size, bytes);
}

bool source_bytes(struct source *source, uint64_t offset, uint64_t size,
		  struct bytes *bytes)
{
	struct stretch part;

	if (!range_within(offset, size, source->size))
		return false;
	part = source_stretch(source, offset, size);
	if (!part.data || part.size != size)
		return source->runs &&
		       source_copy(source, offset, size, size, bytes);
	*bytes = (struct bytes){ part.data, size };
	return true;
}
