/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Free frames that each CPU keeps in lists of its own, for each zone: struct per_cpu_pages. No
 * mark in a struct page shows that it is in such a list. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* A free block in a list. */
struct kept_block {
	uint64_t pfn; /* of its first frame */
	uint32_t cpu;
	uint8_t order;
};

/* The block that the frame is part of; NULL: no list that was found has it. The lists of all
 * CPUs are read at the first call. Valid until facts are forgotten. */
const struct kept_block *page_kept_block(struct kernel *kernel, uint64_t pfn);

/* Could all lists be read to their ends? False with err: types do not describe them, one is
 * damaged, or they have more blocks than are kept: frames are missing. */
bool page_kept_blocks_whole(struct kernel *kernel, struct error *err);
