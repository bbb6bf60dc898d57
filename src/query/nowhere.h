/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Physical addresses at which there is neither memory nor a device. Such addresses are in damaged
 * page table entries. */
#pragma once

#include "query/frame_use.h"

struct kernel;

enum { NOWHERE_TEXT = 3 * USE_TEXT };

/* Do the dump and the kernel's lists show that there is neither memory nor a device at paddr? The
 * lists are the tree of resources, the areas of ioremap() and the ports of arm64's PCI buses. Returns false if the tree is unknown
 * or damaged. */
bool query_is_nowhere(struct kernel *kernel, uint64_t paddr);

/* Like query_is_nowhere(). If the result is true, also writes a line of text about paddr. There may
 * be a few addresses of memory that differ from paddr in only one bit. If so, the line also
 * describes this memory. */
bool query_nowhere(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT]);

/* If there are a few addresses of memory that differ from paddr in only one bit, appends a text
 * about this memory: "; without bit 45 frame 79d1, ...". */
void query_neighbours(struct kernel *kernel, uint64_t paddr, char text[NOWHERE_TEXT]);
