/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory of the running machine. It changes, and its file cannot be mapped: each
 * access reads, and nothing is kept.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/dump.h"
#include "dump/extents.h"

struct live {
	struct extent_list memory; /* whole: data is a struct place */
	bool refused; /* the kernel does not show it */
	uint8_t page[CACHE_PAGE_SIZE]; /* what was read last */
};

/* The page that holds paddr, read now. */
void live_find(struct dump *dump, struct live *live, uint64_t paddr,
	       struct extent *extent);

void live_survey(const struct live *live, struct dump_survey *survey);
