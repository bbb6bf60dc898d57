/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From frames back to the virtual addresses that map them. The frames are given
 * first, then one page table after the other is gone through once, whatever the
 * number of frames.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "paging/scan.h"

struct kernel;
struct reverse; /* opaque */

/* Whose table it is; the kernel's has no pid. */
struct reverse_owner {
	bool has_pid;
	int64_t pid;
};

struct mapping {
	uint64_t first;     /* virtual address of the page, whose size may be more than a frame's */
	uint64_t paddr;     /* physical address of the page */
	uint64_t page_size;
	struct reverse_owner owner;
	uint8_t cache_index; /* PAT:PCD:PWT */
	bool writable, executable, user;
	bool no_access; /* PROT_NONE: in memory, but nobody may touch it */
};

/* paddrs is copied; in any order, twice the same is fine. NULL: out of memory. */
struct reverse *reverse_create(const uint64_t *paddrs, size_t nr,
			       struct error *err);
void reverse_destroy(struct reverse *reverse); /* NULL is fine */

/*
 * Notes what a table maps the frames to: goes through the started scan to its
 * end; where that tells absent entries too, PROT_NONE pages count. False with err: out of memory, or more mappings than can be kept. Whether
 * the scan came to its end is for the caller to see.
 */
bool reverse_add(struct reverse *reverse, struct kernel *kernel,
		 struct scan *scan, struct reverse_owner owner,
		 struct error *err);

/* Parts of the tables that told nothing: missing ones, corrupt entries. The
 * answer may lack what they map. */
struct reverse_gaps {
	size_t nr;
	struct scanned first; /* where nr is not 0 */
};

const struct reverse_gaps *reverse_gaps(const struct reverse *reverse);

/* Sorts by frame what was noted: once, after the last reverse_add(). */
bool reverse_finish(struct reverse *reverse, struct error *err);

/* What maps one frame, in the order of the tables and of addresses in them. hint
 * is 0 at first and then left alone. */
struct reverse_frame {
	size_t start, nr;
};

struct reverse_frame reverse_frame(const struct reverse *reverse,
				   uint64_t paddr, size_t *hint);
const struct mapping *reverse_mapping(const struct reverse *reverse,
				      struct reverse_frame frame, size_t index);
