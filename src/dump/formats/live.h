/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Memory of the running machine, whose file cannot be mapped: each access reads the
 * file, as memory changes. dump->pages stays empty. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/formats/listed.h"

/* The dump's private. */
struct live {
	struct extent_list memory; /* by extent_offset() */
	uint8_t *notes; /* owned; VMCOREINFO is borrowed from it; or NULL */
	uint8_t page[CACHE_PAGE_SIZE]; /* read last */
};

void live_close(struct dump *dump);

/* Reads notes, or warns if they cannot be read. False: out of memory. */
bool live_read_notes(struct dump *dump, uint64_t offset, size_t size, struct error *err);

/* The page that holds paddr, read now. */
void live_find(struct dump *dump, uint64_t paddr, struct extent *extent);
