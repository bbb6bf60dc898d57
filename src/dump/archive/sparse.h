/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Files that are written without their pages of zeros. On failure see errno. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* Writes those pages of the bytes that are not zeros to an empty file, at an offset that
 * is a multiple of the page's size; adds their size to *stored. */
bool sparse_write(int fd, uint64_t offset, struct bytes bytes, uint64_t *stored);

/* Ends the file at size, which holes may reach. */
bool sparse_end(int fd, uint64_t size);
