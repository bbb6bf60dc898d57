/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The snappy framing format (google/snappy, framing_format.txt): chunks of a
 * type, a length of three bytes and a body; data of at most 64 KiB a chunk,
 * with a checksum.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/inflate.h"
#include "dump/source.h"

enum { SNAPPY_CHUNK_MAX = 65536 };

enum snappy_chunk_kind {
	SNAPPY_DATA,
	SNAPPY_OTHER, /* the stream identifier, padding */
	SNAPPY_CUT,   /* the file ends before the chunk does */
	SNAPPY_WRONG, /* no chunk at all */
};

struct snappy_chunk {
	uint64_t end;      /* offset behind it */
	/* Of SNAPPY_DATA: */
	enum codec codec;
	struct bytes body;
	uint32_t checksum; /* of the data, masked */
	uint32_t size;     /* of the data, as the chunk says: 0 to SNAPPY_CHUNK_MAX */
};

/* The chunk at offset. Data is borrowed from the mapping, which must not be of
 * a flattened file. */
enum snappy_chunk_kind snappy_chunk_read(const struct source *source,
					 uint64_t offset,
					 struct snappy_chunk *chunk);

/* chunk->size bytes at to; false where it does not decode, or to other data
 * than the checksum is of. */
bool snappy_chunk_decode(const struct snappy_chunk *chunk,
			 struct inflater *inflater, void *to);
