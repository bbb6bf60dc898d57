/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Free frames in the lists of CPUs, one list for each CPU and zone: struct per_cpu_pages. Struct
 * pages do not show that they are in such a list. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* A free block in a list. */
struct kept_block {
	uint64_t pfn; /* first frame */
	uint32_t cpu;
	uint8_t order;
};

/* The block that contains the frame; NULL: no list that could be read has it. The first call reads
 * the lists of all CPUs. Valid until facts are forgotten. */
const struct kept_block *page_kept_block(struct kernel *kernel, uint64_t pfn);

/* Were all lists read to their ends? False with err: types are missing, a list is damaged, or there
 * are more blocks than can be kept: frames are missing. */
bool page_kept_blocks_whole(struct kernel *kernel, struct error *err);
