/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Functions that read virtual memory using a page table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "paging/walk.h"

/* Copies [vaddr, vaddr + size) to buffer. Each page is translated on its own, so the pages may be
 * anywhere in memory. If the function fails, the message of the error contains the first address
 * that cannot be read. */
bool space_read(const struct space *space, uint64_t vaddr, void *buffer, size_t size,
		struct error *err);

/* Copies a string and its NUL to text, which has size bytes. A string of more than size - 1 bytes
 * is cut. Returns false if the string cannot be read to its end. In this case text contains the
 * start of the string that could be read. */
bool space_read_string(const struct space *space, uint64_t vaddr, char *text, size_t size,
		       struct error *err);

/* Opening a larger view fails. Without this limit, a damaged size in a dump could use up all
 * memory. */
enum { LARGEST_VIEW = 256 << 20 };

/* Returns the bytes of the page that contains vaddr, or of the part of the page that is in the same
 * extent. *first gets the address of the first byte. Returns no bytes if vaddr is not mapped, or if
 * its memory is not in the dump. The bytes are valid as long as the data of an extent: see
 * dump_extents_last(). */
struct bytes view_page_at(const struct space *space, uint64_t vaddr, uint64_t *first);
/* Opens a view of [vaddr, vaddr + size). If the function fails, the message of the error contains
 * the first address that cannot be read. */
bool view_open(struct view *view, const struct space *space, uint64_t vaddr, uint64_t size,
	       struct error *err);
/* Like view_open(), but copies nothing. Returns false if the bytes are not contiguous in the dump. */
bool view_borrow(struct view *view, const struct space *space, uint64_t vaddr, uint64_t size);
/* Opens a view that is used only for a search. note_read() (dump.h) is not called for these reads.
 * If the caller uses bytes of the view, it must read these bytes again. */
bool view_open_to_search(struct view *view, const struct space *space, uint64_t vaddr,
			 uint64_t size);

enum view_pages {
	PAGES_ALL,
	PAGES_CONSTANT, /* neither writable nor executable */
};

/* Finds the next range of pages in [*vaddr, last] that are of this kind, mapped, and in the dump.
 * The range has at most LARGEST_VIEW bytes. Sets *vaddr to the address after the range. Returns the
 * size of the range in bytes, or 0 if no range follows. */
uint64_t view_next_run(const struct space *space, enum view_pages pages, uint64_t *vaddr,
		       uint64_t last);
