/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Decompresses pages of a dump, and compresses pages at the fastest level of each codec, as
 * makedumpfile does. */
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
	CODEC_RLE, /* the run-length encoding of LKCD */
	NR_CODECS
};

/* The names "none", "zlib" and so on. Scripts depend on them. */
extern const char *const codec_names[NR_CODECS];

/* The working memory of the decoders. Two threads must not use one inflater at the same time. */
struct inflater;
struct inflater *inflater_create(void); /* NULL if memory runs out */
void inflater_destroy(struct inflater *inflater); /* NULL is fine */

/* Can data of this codec be decoded? Loads the library of the codec if necessary. */
bool inflater_has(struct inflater *inflater, enum codec codec);

/* Decodes to exactly size bytes. Returns false if the data is damaged or has another decoded size,
 * or if there is no library. In this case the content of *to is undefined. */
bool inflate_bytes(struct inflater *inflater, enum codec codec, struct bytes from, void *to,
		   size_t size);

/* The working memory of the encoder of one codec. Two threads must not use one deflater at the same
 * time. */
struct deflater;
/* Returns NULL if memory runs out, or if kwalk cannot compress using this codec
 * (deflater_has()). */
struct deflater *deflater_create(enum codec codec);
void deflater_destroy(struct deflater *deflater); /* NULL is fine */

/* Can kwalk compress using this codec: was it built with the codec's library, and can the library
 * be loaded? */
bool deflater_has(enum codec codec);

/* Compresses a page to *to, which has room for a page. Returns the compressed size, or 0 if the
 * result would not be smaller than the page. If 0, the content of *to is undefined. */
size_t deflate_page(struct deflater *deflater, const uint8_t page[PAGE_BYTES], uint8_t *to);
