/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Virtual memory, read through a given page table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "paging/walk.h"

/* Copies [vaddr, vaddr + size), translated page by page. The error names the first
 * address that cannot be read. */
bool space_read(const struct space *space, uint64_t vaddr, void *buffer, size_t size,
		struct error *err);

/* Copies a string and its NUL; one that is longer than size - 1 bytes is cut. False if it cannot
 * be read to its end: then text has the part before. */
bool space_read_string(const struct space *space, uint64_t vaddr, char *text, size_t size,
		       struct error *err);

/* A range as contiguous bytes: borrowed from the dump if it is contiguous there,
 * copied otherwise. */
struct view {
	struct bytes bytes; /* valid until view_close() */
	void *owned; /* NULL if borrowed from the dump */
};

/* Larger views are refused, as sizes come from the dump. */
enum { LARGEST_VIEW = 256 << 20 };

/* All of [vaddr, vaddr + size). The error names the first address that cannot be
 * read. */
bool view_open(struct view *view, const struct space *space, uint64_t vaddr, uint64_t size,
	       struct error *err);
/* The same for a search. Reads of a search are not noted (dump.h): the caller reads again what
 * it has found. */
bool view_open_to_search(struct view *view, const struct space *space, uint64_t vaddr,
			 uint64_t size);
void view_close(struct view *view); /* may be zeroed */

enum view_pages {
	PAGES_ALL,
	PAGES_CONSTANT, /* neither writable nor executable */
};

/* The next range of such pages within [*vaddr, last] that is mapped and in the dump, at
 * most LARGEST_VIEW bytes. Moves *vaddr to its end, and returns its size; 0: none is left. */
uint64_t view_next_run(const struct space *space, enum view_pages pages, uint64_t *vaddr,
		       uint64_t last);
