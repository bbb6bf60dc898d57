/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Virtual memory, read through a page table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "paging/walk.h"

/* Copies [vaddr, vaddr + size), translated page by page. The message of an error has the first
 * address that cannot be read. */
bool space_read(const struct space *space, uint64_t vaddr, void *buffer, size_t size,
		struct error *err);

/* Copies a string and its NUL; a string longer than size - 1 bytes is cut. False: the string cannot
 * be read to its end, and text has the part before. */
bool space_read_string(const struct space *space, uint64_t vaddr, char *text, size_t size,
		       struct error *err);

/* A range as contiguous bytes: borrowed from the dump if contiguous there, otherwise copied. */
struct view {
	struct bytes bytes; /* valid until view_close() */
	void *owned; /* NULL if borrowed from the dump */
};

/* Larger views fail, as sizes may come from the dump. */
enum { LARGEST_VIEW = 256 << 20 };

/* Opens [vaddr, vaddr + size). The message of an error has the first address that cannot be
 * read. */
bool view_open(struct view *view, const struct space *space, uint64_t vaddr, uint64_t size,
	       struct error *err);
/* Opens a view for a search. Such reads are not noted (dump.h): the caller must read the result
 * again. */
bool view_open_to_search(struct view *view, const struct space *space, uint64_t vaddr,
			 uint64_t size);
void view_close(struct view *view); /* may be zeroed */

enum view_pages {
	PAGES_ALL,
	PAGES_CONSTANT, /* neither writable nor executable */
};

/* The next range of such pages within [*vaddr, last] that is mapped and in the dump, at most
 * LARGEST_VIEW bytes. Moves *vaddr after the range, and returns its size; 0: no more. */
uint64_t view_next_run(const struct space *space, enum view_pages pages, uint64_t *vaddr,
		       uint64_t last);
