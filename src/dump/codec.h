/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Decompresses the pages of a dump, and compresses pages. Each codec compresses at its fastest
 * level, as makedumpfile does. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/page.h"

enum codec {
	CODEC_NONE,
	CODEC_ZLIB,
	CODEC_SNAPPY,
	CODEC_ZSTD,
	CODEC_LZO, /* kwalk does not write this codec and the next */
	CODEC_RLE, /* the run-length encoding of LKCD */
	NR_CODECS
};

/* The names "none", "zlib" and so on. They must not change, because scripts depend on them. */
extern const char *const codec_names[NR_CODECS];

/* The working memory of the decoders. An inflater must not be used by two threads at the same
 * time. */
struct inflater;
struct inflater *inflater_create(void); /* returns NULL if memory runs out */
void inflater_destroy(struct inflater *inflater); /* `inflater` may be NULL */

/* Can kwalk decode data of this codec? Loads the library of the codec if this is necessary. */
bool inflater_has(struct inflater *inflater, enum codec codec);

/* Decodes `from` to exactly size bytes. Returns false if the data are damaged, if they decode to
 * another size, or if there is no library for the codec. In this case the content of *to is
 * undefined. */
bool inflate_bytes(struct inflater *inflater, enum codec codec, struct bytes from, void *to,
		   size_t size);

/* The working memory of the encoder of one codec. A deflater must not be used by two threads at the
 * same time. */
struct deflater;
/* Returns NULL if memory runs out, or if deflater_has() is false for this codec. */
struct deflater *deflater_create(enum codec codec);
void deflater_destroy(struct deflater *deflater); /* `deflater` may be NULL */

/* Can kwalk compress using this codec? It must have been built with the library of the codec, and
 * must be able to load it. */
bool deflater_has(enum codec codec);

/* Compresses a page to *to, which must have the size of a page. Returns the compressed size. If the
 * compressed page would not be smaller, returns 0, and the content of *to is undefined. */
size_t deflate_page(struct deflater *deflater, const uint8_t page[PAGE_BYTES], uint8_t *to);
