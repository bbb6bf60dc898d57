/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The compressions that pages of dumps come in, behind one call. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum codec {
	CODEC_NONE,
	CODEC_ZLIB,
	CODEC_LZO,
	CODEC_SNAPPY,
	CODEC_ZSTD,
	NR_CODECS
};

/* "none", "zlib", "lzo", "snappy", "zstd" */
extern const char *const codec_names[NR_CODECS];

/* Working memory of the libraries. */
struct inflater;
struct inflater *inflater_create(void); /* NULL: out of memory */
void inflater_destroy(struct inflater *inflater); /* NULL is fine */

/* Is the library there? Loads it, where it is one that is loaded on demand. */
bool inflater_has(struct inflater *inflater, enum codec codec);

/* Decodes from into exactly size bytes at to; false where it does not come out
 * as that, and to then holds anything. */
bool inflate_bytes(struct inflater *inflater, enum codec codec,
		   struct bytes from, void *to, size_t size);
