/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The bytes of a dump by offset, no matter whether the file is flattened (flatten.h), mapped, or
 * too large to be mapped. Bytes are borrowed from the mapping if they are contiguous in it. */
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
	/* The bytes of the file, borrowed, if they are the bytes of the dump. NULL: the file is
	 * flattened, or too large to be mapped. */
	const uint8_t *mapped;
	struct extent_list *runs; /* owned; NULL: not flattened */
	unsigned int most_records; /* most records in a run */
	uint64_t size; /* size of the dump */
	bool complete; /* false: the file is flattened and cut short */
	struct source_copy *copies; /* owned; copies made by source_copy() */
	uint64_t small; /* bytes that source_small() has copied */
};

/* For a file that is not flattened, or must not be read as flattened. source_close() is not
 * needed. */
void source_start(struct source *source, const struct file *file);

/* file must stay open as long as the source; listener may be NULL. */
bool source_open(struct source *source, const struct file *file, struct listener *listener,
		 struct error *err);
void source_close(struct source *source); /* zeroed is fine */

/* Bytes from an offset on that are in one state. */
struct stretch {
	/* Borrowed; NULL: the bytes are not in the file, not contiguous or not mapped. */
	const uint8_t *data;
	uint64_t size;
	/* Offset in the file, set by source_stretch() if the bytes are in the file. */
	uint64_t place;
	uint64_t before; /* number of contiguous bytes before these */
	bool there; /* the bytes are in the file */
	bool zero; /* no record wrote the bytes: they are zeros */
};

/* The contiguous bytes at offset, at most limit bytes. */
struct stretch source_stretch(const struct source *source, uint64_t offset, uint64_t limit);

/* The bytes at offset that are in the file, contiguous or not, at most limit bytes; in a flattened
 * file limited to a number of runs, with data NULL and place 0. */
struct stretch source_span(const struct source *source, uint64_t offset, uint64_t limit);

/* The slow path of source_view(). */
const uint8_t *source_gather(const struct source *source, uint64_t offset, size_t size,
			     void *scratch);

/* size bytes at offset: in the mapping, or copied to scratch, which has room for size bytes. NULL:
 * some are not in the file. */
static inline const uint8_t *source_view(const struct source *source, uint64_t offset, size_t size,
					 void *scratch)
{
	if (!source->mapped)
		return source_gather(source, offset, size, scratch);
	if (!range_within(offset, size, source->size))
		return NULL;
	return source->mapped + offset;
}

/* Copies size bytes at offset. False: some are not in the file. */
bool source_read(const struct source *source, uint64_t offset, void *to, size_t size);

/* Are these bytes, at most 16, at offset? */
bool source_has(const struct source *source, uint64_t offset, const void *bytes, size_t size);

/* Like source_view() without scratch memory; valid until source_close(). False: some
 * are not in the file, or out of memory. */
bool source_bytes(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes);

/* Like source_bytes(), for bytes that are read more than once: copies them until 16 MiB have been
 * copied, as the file may be written to meanwhile. */
bool source_small(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes);

/* Like source_bytes(), always as a copy, padded with zeros to room bytes. */
bool source_copy(struct source *source, uint64_t offset, uint64_t size, uint64_t room,
		 struct bytes *bytes);
