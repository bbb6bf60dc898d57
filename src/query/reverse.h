/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reverse mapping: from physical frames to the virtual addresses that map them. All
 * frames are given first; then each page table is scanned once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "paging/scan.h"

struct entry_rules;
struct kernel;
struct reverse; /* defined in reverse.c */

/* The owner of a table: a process; or without a pid, the kernel or devices. */
struct reverse_owner {
	bool has_pid;
	uint32_t io_table; /* for devices: index of the table in struct io_map */
	int64_t pid;
	const char *comm; /* borrowed from the caller of reverse_add(); NULL: not given */
};

struct mapping {
	uint64_t first; /* virtual address of the page */
	uint64_t paddr; /* physical address of the page */
	uint64_t page_size; /* in bytes; a large page has many frames */
	struct reverse_owner owner;
	uint8_t cache_index; /* the family's cache_index() */
	bool writable, executable, user;
	bool no_access; /* PROT_NONE: in memory, but not accessible */
};

/* paddrs is copied; in any order, possibly with duplicates. NULL: out of memory. */
struct reverse *reverse_create(const uint64_t *paddrs, size_t nr, struct error *err);
void reverse_destroy(struct reverse *reverse); /* NULL is fine */

/* Runs a scan that was started, and records the mappings of the frames; also PROT_NONE pages, if
 * the scan reports absent entries. False: out of memory, or too many mappings. scan->end shows
 * whether the scan is complete. */
bool reverse_add(struct reverse *reverse, struct kernel *kernel, struct scan *scan,
		 struct reverse_owner owner, struct error *err);

/* Records a mapping of the frames that is not in a page table; page_size is the size of the whole
 * mapping. */
bool reverse_add_mapping(struct reverse *reverse, const struct mapping *mapping, struct error *err);

/* Missing parts of tables, and corrupt entries: their mappings are missing in the answer. */
struct reverse_gaps {
	size_t nr;
	struct scanned first; /* valid if nr is not 0 */
};

const struct reverse_gaps *reverse_gaps(const struct reverse *reverse);

/* Sorts the mappings by frame. Call it once, after the last reverse_add(). False: stopped by the
 * listener, which may be NULL; then no frames can be looked up. */
bool reverse_finish(struct reverse *reverse, const struct listener *listener);

/* The mappings of one frame, in the order of tables, then of addresses. */
struct reverse_frame {
	size_t start, nr;
};

struct reverse_frame reverse_frame(const struct reverse *reverse, uint64_t paddr);
const struct mapping *reverse_mapping(const struct reverse *reverse, struct reverse_frame frame,
				      size_t index);

/* A comparison of the mappings of one frame. */
struct frame_aliases {
	bool cache_conflict; /* two mappings have different cache types */
	bool cache_compared; /* all cache types are known, or the same PAT entry */
	/* A protection can be circumvented: the kernel can write through one address to memory that
	 * is read-only or executable at another. */
	bool writable_alias;
	bool in_process; /* a process maps the frame */
};

/* has_no_execute: entries of the paging mode have a no-execute bit. */
struct frame_aliases reverse_aliases(const struct reverse *reverse, struct reverse_frame frame,
				     const struct entry_rules *rules, bool has_no_execute);
