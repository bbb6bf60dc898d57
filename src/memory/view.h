/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reads virtual memory using a page table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "paging/walk.h"

/* Copies [vaddr, vaddr + size), which is translated page by page. If it fails, the message of the
 * error contains the first address that cannot be read. */
bool space_read(const struct space *space, uint64_t vaddr, void *buffer, size_t size,
		struct error *err);

/* Copies a string and its NUL to text, which has size bytes. If the string is longer than size - 1
 * bytes, it is cut. Returns false if the string cannot be read to its end; text then has the
 * readable start of the string. */
bool space_read_string(const struct space *space, uint64_t vaddr, char *text, size_t size,
		       struct error *err);

/* A range of virtual memory as contiguous bytes. They are borrowed from the dump if they are
 * contiguous in the dump, and otherwise copied. */
struct view {
	struct bytes bytes; /* valid until view_close() */
	void *owned; /* NULL if borrowed from the dump */
};

/* Larger views fail. The limit is necessary because sizes may come from the dump. */
enum { LARGEST_VIEW = 256 << 20 };

/* Opens [vaddr, vaddr + size). If it fails, the message of the error contains the first address
 * that cannot be read. */
bool view_open(struct view *view, const struct space *space, uint64_t vaddr, uint64_t size,
	       struct error *err);
/* Opens a view for a search. These reads are not reported to note_read() (dump.h), so the caller
 * must read the bytes that it uses again. */
bool view_open_to_search(struct view *view, const struct space *space, uint64_t vaddr,
			 uint64_t size);
void view_close(struct view *view); /* *view may be zeroed */

enum view_pages {
	PAGES_ALL,
	PAGES_CONSTANT, /* neither writable nor executable */
};

/* Finds the next range in [*vaddr, last] of pages that are of this kind, mapped, and in the dump,
 * at most LARGEST_VIEW bytes. Moves *vaddr to the end of the range. Returns the size of the range
 * in bytes, or 0 if there are no more ranges. */
uint64_t view_next_run(const struct space *space, enum view_pages pages, uint64_t *vaddr,
		       uint64_t last);
