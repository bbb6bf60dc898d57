/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Pages of a dump, compressed: decompression, and compression at each codec's fastest level, as
 * makedumpfile does it. */
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

/* Working memory of one codec's encoder, for one thread as well. */
struct deflater;
/* NULL: out of memory, or the codec is not one that kwalk compresses with, see deflater_has(). */
struct deflater *deflater_create(enum codec codec);
void deflater_destroy(struct deflater *deflater); /* NULL is fine */

/* Has this kwalk the library, and can it be loaded? */
bool deflater_has(enum codec codec);

/* Compresses a page to to, which has room for a page. Returns the size; 0: it would not be
 * smaller than the page, and to is undefined. */
size_t deflate_page(struct deflater *deflater, const uint8_t page[PAGE_BYTES], uint8_t *to);
