/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory of the running machine. It changes, and its file cannot be mapped: each
 * access reads the file, and nothing is cached.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "container/extents.h"
#include "dump/dump.h"

/* The dump's private. */
struct live {
	struct extent_list memory; /* whole: data is one of places */
	struct file_place *places; /* owned */
	size_t nr; /* number of places */
	uint8_t *notes; /* owned; VMCOREINFO is borrowed from it; or NULL */
	uint8_t page[CACHE_PAGE_SIZE]; /* read last */
};

/* NULL: out of memory. */
struct live *live_open(struct dump *dump, struct error *err);
void live_close(struct dump *dump);

/* Builds live->memory, and frees the pieces. Fails if one could not be added. */
bool live_take(struct live *live, struct pieces *pieces, struct error *err);

/* The page that holds paddr, read now. */
void live_find(struct dump *dump, uint64_t paddr, struct extent *extent);
void live_survey(struct dump *dump, struct dump_survey *survey);
