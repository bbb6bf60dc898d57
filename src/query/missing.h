/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Why RAM is missing in a dump, if the kernel's data show it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Returns false if the page at paddr is in the dump, or if it is not known why it is not. If it is
 * known, writes the reason. */
enum { MISSING_TEXT = 128 };
bool query_why_missing(struct kernel *kernel, uint64_t paddr, char text[MISSING_TEXT]);
