/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Memory of the running machine. Its file cannot be mapped, and memory changes: each access reads
 * the file. dump->pages stays empty. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/formats/listed.h"

/* The dump's private. */
struct live {
	struct extent_list memory; /* places in the file, by extent_offset() */
	uint8_t *notes; /* owned, or NULL; VMCOREINFO is borrowed from it */
	uint8_t page[CACHE_PAGE_SIZE]; /* the page that was read last */
};

void live_close(struct dump *dump);

/* Reads notes, or warns if they cannot be read. False: out of memory. */
bool live_read_notes(struct dump *dump, uint64_t offset, size_t size, struct error *err);

/* Reads the page that holds paddr. */
void live_find(struct dump *dump, uint64_t paddr, struct extent *extent);
