/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The memory of the running machine, or of a virtual machine. The file cannot be mapped, and the
 * memory changes. Therefore each access reads the file again, and dump->pages is not used. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/formats/listed.h"

/* The private data of the format. */
struct live {
	/* The list of extents; extent_offset() gives offsets in the file. */
	struct extent_list memory;
	/* Reads the extent, which is in one page, to live.page. Returns false and sets errno on
	 * failure. NULL: the memory is in dump->file. */
	bool (*read)(struct dump *dump, const struct extent *extent);
	uint8_t *notes; /* owned, or NULL; dump->vmcoreinfo is borrowed from it */
	uint8_t page[CACHE_PAGE_SIZE]; /* the page that was read last */
};

void live_close(struct dump *dump);

/* Reads the notes in size bytes at the file offset. If they cannot be read, adds a warning. Returns
 * false if memory runs out. */
bool live_read_notes(struct dump *dump, uint64_t offset, size_t size, struct error *err);

/* Finds the extent that contains paddr, at most one page, and reads it. */
void live_find(struct dump *dump, uint64_t paddr, struct extent *extent);
