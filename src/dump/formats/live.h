/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Memory of the running machine. The file cannot be mapped, and the memory changes, so each access
 * reads the file. dump->pages is not used. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/formats/listed.h"

/* The private data of the dump. */
struct live {
	struct extent_list memory; /* extent_offset() gives the offsets in the file */
	uint8_t *notes; /* owned, or NULL; VMCOREINFO is borrowed from it */
	uint8_t page[CACHE_PAGE_SIZE]; /* the page that was read last */
};

void live_close(struct dump *dump);

/* Reads the notes, or warns if they cannot be read. Returns false if memory runs out. */
bool live_read_notes(struct dump *dump, uint64_t offset, size_t size, struct error *err);

/* Reads the page that contains paddr. */
void live_find(struct dump *dump, uint64_t paddr, struct extent *extent);
