/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The bytes of a dump by offset, whether the file is flattened (flatten.h) or not, and
 * whether it is mapped or too large for that. Bytes are borrowed from the mapping where
 * they are contiguous there. */
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
	/* Its bytes, borrowed, where they are the dump's. NULL: it is flattened, or too
	 * large to be mapped. */
	const uint8_t *mapped;
	struct extent_list *runs; /* owned; NULL: not flattened */
	unsigned int most_records; /* in one of the runs */
	uint64_t size; /* of the dump */
	bool complete; /* false: a flattened file that is cut short */
	struct source_copy *copies; /* owned: see source_copy() */
	uint64_t small; /* bytes that source_small() has copied */
};

/* For a file that is not flattened, or must not be read as flattened: it need not be closed. */
void source_start(struct source *source, const struct file *file);

/* file must stay open as long as the source; listener may be NULL. */
bool source_open(struct source *source, const struct file *file, struct listener *listener,
		 struct error *err);
void source_close(struct source *source); /* zeroed is fine */

/* Bytes from an offset on that are in one state. */
struct stretch {
	const uint8_t *data; /* borrowed; NULL: not in the file, not contiguous or not mapped */
	uint64_t size;
	uint64_t place; /* offset in the file; of source_stretch(), where they are there */
	uint64_t before; /* bytes in front of them that are contiguous with them */
	bool there; /* the bytes are in the file */
	bool zero; /* no record wrote them: they are zeros */
};

/* The contiguous bytes at offset, at most limit. */
struct stretch source_stretch(const struct source *source, uint64_t offset, uint64_t limit);

/* The bytes at offset that are in the file, contiguous or not, at most limit, and in
 * a flattened file at most what some runs hold; data is NULL and place is 0 there. */
struct stretch source_span(const struct source *source, uint64_t offset, uint64_t limit);

/* The slow path of source_view(). */
const uint8_t *source_gather(const struct source *source, uint64_t offset, size_t size,
			     void *scratch);

/* size bytes at offset: in the mapping, or copied to scratch, which has room for
 * them. NULL: some are not in the file. */
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

/* The same for bytes that are read more than once: copies them, as the file may be
 * written to meanwhile, unless 16 MiB have been copied. */
bool source_small(struct source *source, uint64_t offset, uint64_t size, struct bytes *bytes);

/* The same, always as a copy, padded with zeros to room bytes. */
bool source_copy(struct source *source, uint64_t offset, uint64_t size, uint64_t room,
		 struct bytes *bytes);
