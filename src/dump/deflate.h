/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Compression of a page for a dump, at each codec's fastest level, as makedumpfile does it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/page.h"
#include "dump/inflate.h"

/* Working memory of one codec. Not for use by two threads at once. */
struct deflater;
/* NULL: out of memory, or the codec is not one that kwalk compresses with, see deflater_has(). */
struct deflater *deflater_create(enum codec codec);
void deflater_destroy(struct deflater *deflater); /* NULL is fine */

/* Has this kwalk the library, and can it be loaded? */
bool deflater_has(enum codec codec);

/* Compresses a page to to, which has room for a page. Returns the size; 0: it would not be
 * smaller than the page, and to is undefined. */
size_t deflate_page(struct deflater *deflater, const uint8_t page[PAGE_BYTES], uint8_t *to);
