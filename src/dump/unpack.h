/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Compressed files, recognised by their first bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"

/* "gzip", "xz", "lzma", "bzip2", "zstd", "lz4", "lzo", or NULL. */
const char *unpack_format(struct bytes packed);

/* Decodes exactly size bytes to to; ignores bytes after the compressed stream. An error's
 * message continues a sentence that begins with the file. */
bool unpack_bytes(struct bytes packed, void *to, size_t size, struct error *err);
