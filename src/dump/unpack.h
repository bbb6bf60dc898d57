/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Unpacks compressed files, which are recognised by their first bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"

/* Returns "gzip", "xz", "lzma", "bzip2", "zstd", "lz4" or "lzo", or NULL for any other format. */
const char *unpack_format(struct bytes packed);

/* Decodes to exactly size bytes. Bytes after the compressed stream are ignored. The message of an
 * error is the rest of a sentence that begins with the name of the file. */
bool unpack_bytes(struct bytes packed, void *to, size_t size, struct error *err);
