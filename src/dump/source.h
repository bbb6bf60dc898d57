/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the bytes of a dump by their offset in the dump. The file may be flattened (flatten.h),
 * mapped, or too large to be mapped. Bytes that are contiguous in the mapping are borrowed from
 * it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

struct extent_list;
struct listener;
struct source_copy;

struct source {
	const struct file *file; /* borrowed */
	/* The bytes of the file, borrowed, if each byte of the dump has the same offset in the
	 * file. NULL if the file is flattened, or is too large to be mapped. */
	const uint8_t *mapped;
	struct extent_list *runs; /* owned; NULL if the file is not flattened */
	unsigned int most_records; /* the most records in a run */
	uint64_t size; /* the size of the dump in bytes */
	bool complete; /* false if the file is flattened and its end is missing */
	uint64_t damaged; /* see struct flattened */
	struct source_copy *copies; /* owned; the copies that source_copy() has made */
	uint64_t small; /* the number of bytes that source_small() has copied */
	bool starved; /* memory ran out for a copy, so bytes seemed to be missing that are there */
};

/* Prepares *source for a file that is not flattened, or that must be read as if it were not.
 * source_close() is not necessary. */
void source_start(struct source *source, const struct file *file);

/* Prepares *source for a file that may be flattened. The file must stay open as long as the source
 * is used. listener may be NULL. */
bool source_open(struct source *source, const struct file *file, struct listener *listener,
		 struct error *err);
enum { SOURCE_END = 64 };
/* Says what ends the bytes that can be read: that the file is cut short, or damaged. */
void source_end(const struct source *source, char text[SOURCE_END]);
void source_close(struct source *source); /* *source may be zeroed */

/* Contiguous bytes of a dump that are all in the file, or all not in the file. */
struct stretch {
	/* The bytes, borrowed. NULL if they are not in the file, not contiguous in the file, or not
	 * mapped. */
	const uint8_t *data;
	uint64_t size;
	/* The offset of the bytes in the file. source_stretch() sets it if they are in the file. */
	uint64_t place;
	/* The number of bytes directly before these that are contiguous with them in the file. */
	uint64_t before;
	bool there; /* the bytes are in the file */
	bool zero; /* the bytes are zeros, because no record of the flattened file wrote them */
};

/* Returns bytes of the dump from offset on that are contiguous in the file, but at most limit
 * bytes. */
struct stretch source_stretch(const struct source *source, uint64_t offset, uint64_t limit);

/* Returns bytes of the dump from offset on that are in the file, but at most limit bytes. The bytes
 * need not be contiguous in the file. If the file is flattened, the bytes are in a limited number
 * of runs, data is NULL, and place is 0. */
struct stretch source_span(const struct source *source, uint64_t offset, uint64_t limit);

/* Does what source_view() does if the bytes are not mapped. */
const uint8_t *source_gather(const struct source *source, uint64_t offset, size_t size,
			     void *scratch);

/* Returns the size bytes at offset. The result is a pointer into the mapping, or `scratch` with a
 * copy of the bytes. `scratch` must have size bytes. Returns NULL if some of the bytes are not in
 * the file. */
static inline const uint8_t *source_view(const struct source *source, uint64_t offset, size_t size,
					 void *scratch)
{
	if (!source->mapped)
		return source_gather(source, offset, size, scratch);
	if (!range_within(offset, size, source->size))
		return NULL;
	return source->mapped + offset;
}

/* Copies the size bytes at offset. Returns false if some of them are not in the file. */
bool source_read(const struct source *source, uint64_t offset, void *to, size_t size);

/* Does the source have these bytes at offset? size is at most 16. */
bool source_has(const struct source *source, uint64_t offset, const void *bytes, size_t size);

/* Gets the size bytes at offset. *bytes is borrowed from the mapping, or is a copy, and is valid
 * until source_close(). Returns false if some of the bytes are not in the file, or if memory runs
 * out. */
bool source_bytes(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes);

/* Like source_bytes(), for bytes that are read more than once. They are copied, because another
 * process may write to the file between two reads. When 16 MiB have been copied, later bytes are
 * borrowed. */
bool source_small(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes);

/* Like source_bytes(), but always copies. Zeros are added to the copy until it has `room` bytes. */
bool source_copy(struct source *source, uint64_t offset, uint64_t size, uint64_t room,
		 struct bytes *bytes);
