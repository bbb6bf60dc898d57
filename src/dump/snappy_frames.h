/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The snappy framing format (google/snappy, framing_format.txt): chunks that consist of a type, a
 * length of three bytes and a body. A data chunk contains at most 64 KiB. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/codec.h"
#include "dump/source.h"

enum { SNAPPY_CHUNK_MAX = 65536 };

enum snappy_chunk_kind {
	SNAPPY_DATA,
	SNAPPY_OTHER, /* the stream identifier, padding */
	SNAPPY_CUT, /* the file ends before the end of the chunk */
	SNAPPY_WRONG, /* not a valid chunk */
};

struct snappy_chunk {
	uint64_t end; /* offset of the next chunk */
	/* Set for SNAPPY_DATA: */
	enum codec codec;
	uint64_t body; /* offset of the encoded data */
	uint32_t length; /* size of the encoded data in bytes, at most SNAPPY_PACKED_MAX */
	uint32_t checksum; /* the masked checksum of the decoded data */
	uint32_t size; /* size of the decoded data in bytes, 0 to SNAPPY_CHUNK_MAX */
};

/* The result of snappy_max_compressed_length(). A larger length is wrong. */
enum { SNAPPY_PACKED_MAX = 32 + SNAPPY_CHUNK_MAX + SNAPPY_CHUNK_MAX / 6 };

/* Parses the start of the chunk at offset. source must not be a flattened file. */
enum snappy_chunk_kind snappy_chunk_read(const struct source *source, uint64_t offset,
					 struct snappy_chunk *chunk);

/* Decodes to chunk->size bytes. If the file is not mapped, the encoded data is read to scratch,
 * which has SNAPPY_PACKED_MAX bytes. Returns false if the data is damaged, or if the checksum is
 * wrong. */
bool snappy_chunk_decode(const struct source *source, const struct snappy_chunk *chunk,
			 struct inflater *inflater, uint8_t *scratch, void *to);
