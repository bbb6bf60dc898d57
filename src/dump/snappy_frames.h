/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The snappy framing format (google/snappy, framing_format.txt). Data are a sequence of chunks. A
 * chunk consists of a type, a length of three bytes, and a body. A data chunk contains at most 64
 * KiB of data. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/codec.h"
#include "dump/source.h"

enum { SNAPPY_CHUNK_MAX = 65536 };

enum snappy_chunk_kind {
	SNAPPY_DATA,
	SNAPPY_OTHER, /* a stream identifier, padding, or another chunk without data */
	SNAPPY_CUT, /* the file ends within the chunk */
	SNAPPY_WRONG, /* not a valid chunk */
};

struct snappy_chunk {
	uint64_t end; /* the offset of the next chunk */
	/* The following members are set only for SNAPPY_DATA. */
	enum codec codec;
	uint64_t body; /* the offset of the encoded data */
	uint32_t length; /* the size of the encoded data in bytes, at most SNAPPY_PACKED_MAX */
	uint32_t checksum; /* the masked checksum of the decoded data */
	uint32_t size; /* the size of the decoded data in bytes, at most SNAPPY_CHUNK_MAX */
};

/* The largest size of the encoded data of a chunk, from snappy_max_compressed_length(). */
enum { SNAPPY_PACKED_MAX = 32 + SNAPPY_CHUNK_MAX + SNAPPY_CHUNK_MAX / 6 };

/* Parses the start of the chunk at the offset, and sets *chunk. The source must not be a flattened
 * file. */
enum snappy_chunk_kind snappy_chunk_read(const struct source *source, uint64_t offset,
					 struct snappy_chunk *chunk);

/* Decodes a data chunk to chunk->size bytes. `scratch` must have SNAPPY_PACKED_MAX bytes if the
 * file is not mapped, because the encoded data are then read to scratch. Returns false if the data
 * are damaged, or if the checksum is wrong. */
bool snappy_chunk_decode(const struct source *source, const struct snappy_chunk *chunk,
			 struct inflater *inflater, uint8_t *scratch, void *to);
