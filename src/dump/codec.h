/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Decompresses pages of a dump, and compresses pages at the fastest level of each codec, like
 * makedumpfile. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/page.h"

enum codec {
	CODEC_NONE,
	CODEC_ZLIB,
	CODEC_LZO,
	CODEC_SNAPPY,
	CODEC_ZSTD,
	CODEC_RLE, /* of LKCD */
	NR_CODECS
};

/* Names: "none", "zlib", ... Scripts rely on them. */
extern const char *const codec_names[NR_CODECS];

/* Working memory of the decoders. Not for use by two threads at the same time. */
struct inflater;
struct inflater *inflater_create(void); /* NULL: out of memory */
void inflater_destroy(struct inflater *inflater); /* NULL is fine */

/* Can data of this codec be decoded? Loads the library of the codec when needed. */
bool inflater_has(struct inflater *inflater, enum codec codec);

/* Decodes to exactly size bytes. False: damaged data, another size, or no library; the content of
 * to is then undefined. */
bool inflate_bytes(struct inflater *inflater, enum codec codec, struct bytes from, void *to,
		   size_t size);

/* Working memory of the encoder of one codec. Not for use by two threads at the same time. */
struct deflater;
/* NULL: out of memory, or kwalk does not compress using this codec (deflater_has()). */
struct deflater *deflater_create(enum codec codec);
void deflater_destroy(struct deflater *deflater); /* NULL is fine */

/* Was kwalk built with the library of the codec, and can it be loaded? */
bool deflater_has(enum codec codec);

/* Compresses a page to the buffer to, which has room for a page. Returns the size; 0: the result
 * would not be smaller than the page, and the content of to is undefined. */
size_t deflate_page(struct deflater *deflater, const uint8_t page[PAGE_BYTES], uint8_t *to);
