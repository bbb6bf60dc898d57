/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a part of the kernel image is for, finer than its section. */
#pragma once

#include <stdint.h>

struct kernel;

/* "entry-text", "ro-after-init", "exception-table", ..., or NULL where the
 * kernel marks no such part, or nothing tells. */
const char *kernel_image_part(struct kernel *kernel, uint64_t vaddr);
