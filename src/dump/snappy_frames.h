/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The snappy framing format (google/snappy, framing_format.txt): chunks of a type, a
 * length of three bytes and a body; a data chunk holds at most 64 KiB. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/codec.h"
#include "dump/source.h"

enum { SNAPPY_CHUNK_MAX = 65536 };

enum snappy_chunk_kind {
	SNAPPY_DATA,
	SNAPPY_OTHER, /* the stream identifier, padding */
	SNAPPY_CUT, /* the file ends before the chunk does */
	SNAPPY_WRONG, /* not a valid chunk */
};

struct snappy_chunk {
	uint64_t end; /* offset of the next chunk */
	/* For SNAPPY_DATA: */
	enum codec codec;
	uint64_t body; /* offset of the encoded data */
	uint32_t length; /* bytes of the encoded data, at most SNAPPY_PACKED_MAX */
	uint32_t checksum; /* masked checksum of the decoded data */
	uint32_t size; /* bytes of the decoded data, 0 to SNAPPY_CHUNK_MAX */
};

/* snappy_max_compressed_length(): a larger length is wrong. */
enum { SNAPPY_PACKED_MAX = 32 + SNAPPY_CHUNK_MAX + SNAPPY_CHUNK_MAX / 6 };

/* Parses the start of the chunk at offset. source must not be a flattened file. */
enum snappy_chunk_kind snappy_chunk_read(const struct source *source, uint64_t offset,
					 struct snappy_chunk *chunk);

/* Decodes to chunk->size bytes. If the file is not mapped, the encoded data is read to scratch,
 * which has SNAPPY_PACKED_MAX bytes. False: damaged data, or a wrong checksum. */
bool snappy_chunk_decode(const struct source *source, const struct snappy_chunk *chunk,
			 struct inflater *inflater, uint8_t *scratch, void *to);
