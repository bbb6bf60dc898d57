/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Physical addresses without memory or a device. Damaged page table entries contain such
 * addresses. */
#pragma once

#include "query/frame_use.h"

struct kernel;

enum { NOWHERE_TEXT = 3 * USE_TEXT };

/* Returns true if the kernel's lists have neither memory nor a device at paddr. Returns false if
 * they have one, or if it is not known. */
bool query_is_nowhere(struct kernel *kernel, uint64_t paddr);

/* Like query_is_nowhere(). If it returns true, writes this fact to text, as one line. If flipping
 * one of a few bits makes paddr an address of memory, the line names that memory, too. */
bool query_nowhere(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT]);

/* If paddr becomes an address of memory when one of a few bits is flipped, appends that memory to
 * text: "; without bit 45 frame 79d1, ...". */
void query_neighbours(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT]);
