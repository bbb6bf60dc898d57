/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Free frames in the lists of CPUs (struct per_cpu_pages). Each CPU has lists for each zone. The
 * struct page of such a frame does not show that the frame is in a list. */
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

/* Returns the block that contains the frame, or NULL if no list that could be read contains the
 * frame. The first call reads the lists of all CPUs. Valid until facts are forgotten. */
const struct kept_block *page_kept_block(struct kernel *kernel, uint64_t pfn);

/* Were all lists read to their ends? Returns false and sets err if types are missing, if a list is
 * damaged, or if there are more blocks than the limit. Then some frames are missing. */
bool page_kept_blocks_whole(struct kernel *kernel, struct error *err);
