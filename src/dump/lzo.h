/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* LZO1X, a compression format that the kernel, makedumpfile, QEMU and lzop use. The kernel
 * describes the format in Documentation/staging/lzo.rst. liblzo2 is not used, because its licence
 * (GPL) would then be the licence of the library, too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Decodes `from` to exactly size bytes. Returns false if the data are damaged, if bytes follow the
 * end of the data, or if they decode to another size. In this case the content of *to is
 * undefined. */
bool lzo_inflate(struct bytes from, uint8_t *to, size_t size);
