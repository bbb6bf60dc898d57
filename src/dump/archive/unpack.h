/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Unpacks the kernel in a boot image. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"

/* Decodes `packed` to exactly size bytes. Bytes after the compressed data are ignored. If the
 * function fails, the message of the error is the end of a sentence that begins with the name of
 * the file. */
bool unpack_bytes(struct bytes packed, void *to, size_t size, struct error *err);
