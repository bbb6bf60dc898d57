/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Physical addresses without memory or device: targets of damaged page-table entries. */
#pragma once

#include "query/frame_use.h"

struct kernel;

enum { NOWHERE_TEXT = 3 * USE_TEXT };

/* Is there neither memory nor a device in the kernel's lists? False also if unknown. */
bool query_is_nowhere(struct kernel *kernel, uint64_t paddr);

/* The same. text: one line with this fact. If flipping one of few bits leads to memory, the text
 * names the memory, too. */
bool query_nowhere(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT]);

/* Appends the memory that flipping one bit of the address leads to, if few bits do:
 * "; without bit 45 frame 79d1, ...". */
void query_neighbours(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT]);
