/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* LZO1X, a compression format that the kernel, makedumpfile, QEMU and lzop use. The kernel
 * describes the format in Documentation/staging/lzo.rst. liblzo2 is not used, because its licence
 * (GPL) would then be the licence of the library, too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/page.h"

/* The largest number of bytes to which lzo_deflate() encodes a page: each byte is a literal, and
 * the token before the literals and the end of the data are seven bytes or fewer per 255 literals. */
enum { LZO_MOST_BYTES = PAGE_BYTES + PAGE_BYTES / 16 + 64 };

/* The working memory of lzo_deflate(). It does not have to be initialised. */
struct lzo_places {
	uint16_t at[1 << 12];
};

/* Decodes `from` to exactly size bytes. Returns false if the data are damaged, if bytes follow the
 * end of the data, or if they decode to another size. In this case the content of *to is
 * undefined. */
bool lzo_inflate(struct bytes from, uint8_t *to, size_t size);

/* Encodes a page to *to, which must have LZO_MOST_BYTES bytes. Returns the encoded size. */
size_t lzo_deflate(const uint8_t page[PAGE_BYTES], uint8_t *to, struct lzo_places *places);
