/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file's content by offset: the file itself, or what a flattened one (see
 * flatten.h) stands for. Content is borrowed from the mapping wherever it lies
 * there in one piece; nothing is unpacked.
 */
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
	struct bytes file;           /* borrowed: the mapping */
	struct extent_list *runs;    /* owned; NULL: not flattened */
	struct extent_list *written; /* owned; where runs are, whatever their number */
	uint64_t size;               /* of the content */
	bool complete;               /* false: a flattened file without its end */
	struct source_copy *copies;  /* owned: see source_copy() */
};

/* file must stay open as long as the source; listener may be NULL. */
bool source_open(struct source *source, const struct file *file,
		 struct listener *listener, struct error *err);
void source_close(struct source *source); /* zeroed is fine */

/* Content from offset on, of one state. */
struct stretch {
	const uint8_t *data; /* NULL: not in the file, or not in one piece */
	uint64_t size;
	uint64_t before; /* bytes of the same piece in front of data */
	bool there;      /* it is in the file */
	bool zero;       /* it is not because nothing was written there: zeros */
};

/* As far as it lies in one piece, at most limit bytes. */
struct stretch source_stretch(const struct source *source, uint64_t offset,
			      uint64_t limit);

/* As far as it is in the file, in however many pieces: of a flattened file data
 * is NULL. */
struct stretch source_span(const struct source *source, uint64_t offset,
			   uint64_t limit);

/* Slow half of source_view(). */
const uint8_t *source_gather(const struct source *source, uint64_t offset,
			     size_t size, void *scratch);

/* size bytes at offset: in the mapping, or gathered in scratch, which has room
 * for them. NULL where some are not in the file. */
static inline const uint8_t *source_view(const struct source *source,
					 uint64_t offset, size_t size,
					 void *scratch)
{
	if (source->runs)
		return source_gather(source, offset, size, scratch);
	if (!range_within(offset, size, source->size))
		return NULL;
	return source->file.data + offset;
}

/* The same of any size, valid until source_close(). False: not in the file, or
 * out of memory. */
bool source_bytes(struct source *source, uint64_t offset, uint64_t size,
		  struct bytes *bytes);

/* The same, always in memory of its own, with zeros behind it up to room bytes. */
bool source_copy(struct source *source, uint64_t offset, uint64_t size,
		 uint64_t room, struct bytes *bytes);
