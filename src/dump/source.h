/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The bytes of a dump by offset, for files that are flattened (flatten.h), mapped, or too large to
 * be mapped. Bytes are borrowed from the mapping if they are contiguous in the mapping. */
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
	/* The bytes of the file, borrowed, if they are also the bytes of the dump. NULL if the file
	 * is flattened, or too large to be mapped. */
	const uint8_t *mapped;
	struct extent_list *runs; /* owned; NULL if the file is not flattened */
	unsigned int most_records; /* the most records in a run */
	uint64_t size; /* size of the dump in bytes */
	bool complete; /* false if the file is flattened and incomplete */
	struct source_copy *copies; /* owned; copies made by source_copy() */
	uint64_t small; /* number of bytes that source_small() has copied */
};

/* For a file that is not flattened, or that must not be read as a flattened file. source_close() is
 * not necessary. */
void source_start(struct source *source, const struct file *file);

/* Opens a source, whose file may be flattened. file must be open as long as the source is used.
 * listener may be NULL. */
bool source_open(struct source *source, const struct file *file, struct listener *listener,
		 struct error *err);
void source_close(struct source *source); /* may be zeroed */

/* Adjacent bytes that have one state. */
struct stretch {
	/* Borrowed. NULL if the bytes are not in the file, not contiguous, or not mapped. */
	const uint8_t *data;
	uint64_t size;
	/* The offset in the file. source_stretch() sets it if the bytes are in the file. */
	uint64_t place;
	uint64_t before; /* number of contiguous bytes before these bytes */
	bool there; /* the bytes are in the file */
	bool zero; /* the bytes are zeros, because no record wrote them */
};

/* Returns the contiguous bytes at offset, at most limit bytes. */
struct stretch source_stretch(const struct source *source, uint64_t offset, uint64_t limit);

/* Returns the bytes at offset that are in the file, contiguous or not, at most limit bytes. In a
 * flattened file, the number of runs is limited, data is NULL, and place is 0. */
struct stretch source_span(const struct source *source, uint64_t offset, uint64_t limit);

/* The slow path of source_view(). */
const uint8_t *source_gather(const struct source *source, uint64_t offset, size_t size,
			     void *scratch);

/* Returns size bytes at offset: a pointer into the mapping, or scratch with a copy of the bytes.
 * scratch has room for size bytes. Returns NULL if some bytes are not in the file. */
static inline const uint8_t *source_view(const struct source *source, uint64_t offset, size_t size,
					 void *scratch)
{
	if (!source->mapped)
		return source_gather(source, offset, size, scratch);
	if (!range_within(offset, size, source->size))
		return NULL;
	return source->mapped + offset;
}

/* Copies size bytes at offset. Returns false if some bytes are not in the file. */
bool source_read(const struct source *source, uint64_t offset, void *to, size_t size);

/* Are these bytes at offset? size is at most 16. */
bool source_has(const struct source *source, uint64_t offset, const void *bytes, size_t size);

/* Like source_view(), but without scratch. *bytes is valid until source_close(). Returns false if
 * some bytes are not in the file, or if memory runs out. */
bool source_bytes(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes);

/* Like source_bytes(), for bytes that are read more than once. Copies the bytes, because the file
 * may be written to meanwhile. After 16 MiB have been copied, returns borrowed bytes. */
bool source_small(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes);

/* Like source_bytes(), but always copies. The copy is padded with zeros to room bytes. */
bool source_copy(struct source *source, uint64_t offset, uint64_t size, uint64_t room,
		 struct bytes *bytes);
