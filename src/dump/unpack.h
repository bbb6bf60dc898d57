/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are compressed as a whole, told apart by how they begin. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"

/* "gzip", "xz", "lzma", "bzip2", "zstd", "lz4", "lzo", or NULL. */
const char *unpack_format(struct bytes packed);

/* Decodes exactly size bytes to to; what follows the end of the compressed
 * stream is not looked at. Loads the library where it is one that is loaded on
 * demand. */
bool unpack_bytes(struct bytes packed, void *to, size_t size,
		  struct error *err);
