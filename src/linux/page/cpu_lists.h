/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Frames that are in the lists of free frames of CPUs (struct per_cpu_pages). Each CPU has such
 * lists in each zone. The struct page of a frame does not show whether the frame is in a list. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* A block of free frames in a list. */
struct kept_block {
	uint64_t pfn; /* first frame */
	uint32_t cpu;
	uint8_t order;
};

/* All blocks. The first call reads the lists of all CPUs. Lists that cannot be read are ignored.
 * Returns NULL if none can be read. The blocks are valid until states_forget(). */
struct kept_blocks;
const struct kept_blocks *page_kept_blocks(struct kernel *kernel, struct error *err);

/* Returns the block that contains the frame, or NULL if no list contains the frame. blocks may be
 * NULL. *hint: any number before the first call. It makes calls for adjacent frames faster. */
const struct kept_block *page_kept_block_in(const struct kept_blocks *blocks, uint64_t pfn,
					    size_t *hint);

/* Were all lists read to their ends? Returns false and sets err if types are missing, if a list is
 * damaged, or if the lists contain more blocks than the limit. In these cases page_kept_block()
 * does not find some free frames. */
bool page_kept_blocks_whole(struct kernel *kernel, struct error *err);
