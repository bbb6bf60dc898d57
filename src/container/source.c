/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "container/source.h"

#include <stdlib.h>

#include "container/extents.h"
#include "container/flatten.h"

/* Memory of source_copy(). */
struct source_copy {
	struct source_copy *next;
	uint8_t bytes[];
};

/* Joins the runs that follow each other. */
static bool join_runs(const struct extent_list *runs,
		      struct extent_list *written)
{
	struct extent *at = calloc(runs->nr + 1, sizeof(*at)), *shrunk;
	size_t nr = 0;

	if (!at)
		return false;
	for (size_t i = 0; i < runs->nr; i++) {
		const struct extent *run = &runs->extents[i];

		if (nr && at[nr - 1].last + 1 == run->first)
			at[nr - 1].last = run->last;
		else
			at[nr++] = (struct extent){ .first = run->first,
						    .last = run->last };
	}
	shrunk = realloc(at, (nr + 1) * sizeof(*at));
	*written = (struct extent_list){ .extents = shrunk ? shrunk : at,
					 .nr = nr };
	return true;
}

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
	source->written = calloc(1, sizeof(*source->written));
	if (!source->runs || !source->written)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!flatten_index(file, source->runs, &flattened, listener, err))
		return false;
	if (!join_runs(source->runs, source->written))
		return fail(err, ERROR_SYSTEM, "out of memory");
	source->size = flattened.size;
	source->complete = flattened.complete;
	return true;
}

void source_close(struct source *source)
{
	struct source_copy *copy;

	if (source->runs)
		extent_list_release(source->runs);
	if (source->written)
		extent_list_release(source->written);
	free(source->runs);
	free(source->written);
	while ((copy = source->copies)) {
		source->copies = copy->next;
		free(copy);
	}
	*source = (struct source){ 0 };
}

/* The content from offset on that is in one state according to list (NULL: the
 * file itself), at most limit bytes, and the extent that it lies in. */
static struct stretch cut_stretch(const struct source *source,
				  const struct extent_list *list,
				  uint64_t offset, uint64_t limit,
				  struct extent *found)
{
	struct stretch stretch = { .size = limit };

	*found = (struct extent){ .first = offset, .last = UINT64_MAX,
				  .state = PAGE_ABSENT };
	if (offset >= source->size)
		return stretch;
	if (list)
		extent_list_find(list, offset, found);
	else
		*found = (struct extent){ .last = source->size - 1 };
	stretch.there = found->state != PAGE_ABSENT;
	stretch.zero = !stretch.there && source->complete;
	if (limit - 1 > found->last - offset)
		stretch.size = found->last - offset + 1;
	return stretch;
}

struct stretch source_span(const struct source *source, uint64_t offset,
			   uint64_t limit)
{
	struct extent found;
	struct stretch span = cut_stretch(source, source->written, offset,
					  limit, &found);

	if (span.there && !source->runs) {
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
	stretch = cut_stretch(source, source->runs, offset, limit, &run);
	if (!stretch.there)
		return stretch;
	if (!flatten_find(source->file, &run, offset, &part)) {
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

bool source_copy(struct source *source, uint64_t offset, uint64_t size,
		 uint64_t room, struct bytes *bytes)
{
	struct source_copy *copy;

	/* A copy larger than the file would consist of holes, and its size of a lie. */
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
