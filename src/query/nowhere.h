/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Physical addresses where nothing is: what a damaged entry of a page table leads to. */
#pragma once

#include "query/frame_use.h"

struct kernel;

enum { NOWHERE_TEXT = 3 * USE_TEXT };

/* Is there neither memory nor a device that the kernel lists? False also where that is not
 * known. */
bool query_is_nowhere(struct kernel *kernel, uint64_t paddr);

/* The same. text: one line that says so. If flipping one of few bits leads to memory, it names
 * that memory, too. */
bool query_nowhere(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT]);
