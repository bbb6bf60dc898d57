/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/source.h"

#include <stdlib.h>

#include "dump/dump.h"
#include "dump/extents.h"
#include "dump/flatten.h"

/* What source_copy() put together. */
struct source_copy {
	struct source_copy *next;
	uint8_t bytes[];
};

bool source_open(struct source *source, const struct file *file,
		 struct error *err)
{
	struct flattened flattened;

	*source = (struct source){
		.file = file->bytes,
		.size = file->bytes.size,
		.complete = true,
	};
	if (!flatten_probe(file->bytes))
		return true;
	source->records = calloc(1, sizeof(*source->records));
	if (!source->records)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!flatten_index(file, source->records, &flattened, err))
		return false;
	source->size = flattened.size;
	source->complete = flattened.complete;
	return true;
}

void source_close(struct source *source)
{
	struct source_copy *copy;

	if (source->records)
		extent_list_release(source->records);
	free(source->records);
	while ((copy = source->copies)) {
		source->copies = copy->next;
		free(copy);
	}
	*source = (struct source){ 0 };
}

struct stretch source_stretch(const struct source *source, uint64_t offset,
			      uint64_t limit)
{
	struct stretch stretch = { .size = limit };
	struct extent record;

	if (offset >= source->size)
		return stretch;
	if (limit > source->size - offset)
		stretch.size = source->size - offset;
	if (!source->records) {
		stretch.data = source->file.data + offset;
		return stretch;
	}
	extent_list_find(source->records, offset, &record);
	if (stretch.size - 1 > record.last - offset)
		stretch.size = record.last - offset + 1;
	if (record.data)
		stretch.data = record.data + (offset - record.first);
	else
		stretch.zero = source->complete;
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

	/* More than the file has can only be holes, of a size made up. */
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

bool source_bytes(struct source *source, uint64_t offset, uint64_t size,
		  struct bytes *bytes)
{
	struct stretch part;

	if (!range_within(offset, size, source->size))
		return false;
	part = source_stretch(source, offset, size);
	if (!part.data || part.size != size)
		return source->records &&
		       source_copy(source, offset, size, size, bytes);
	*bytes = (struct bytes){ part.data, size };
	return true;
}
