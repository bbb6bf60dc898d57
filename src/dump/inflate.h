/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Decompression of a page of a dump. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

enum codec {
	CODEC_NONE,
	CODEC_ZLIB,
	CODEC_LZO,
	CODEC_SNAPPY,
	CODEC_ZSTD,
	CODEC_RLE, /* of LKCD */
	NR_CODECS
};

/* "none", "zlib", ... Scripts rely on them. */
extern const char *const codec_names[NR_CODECS];

/* Working memory of the decoders. Not for use by two threads at once. */
struct inflater;
struct inflater *inflater_create(void); /* NULL: out of memory */
void inflater_destroy(struct inflater *inflater); /* NULL is fine */

/* Can data of this codec be decoded? Loads the codec's library if need be. */
bool inflater_has(struct inflater *inflater, enum codec codec);

/* Decodes exactly size bytes to to. False: damaged data, another size, or no library;
 * the content of to is undefined then. */
bool inflate_bytes(struct inflater *inflater, enum codec codec, struct bytes from, void *to,
		   size_t size);
