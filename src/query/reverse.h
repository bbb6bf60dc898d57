/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reverse mapping: finds the virtual addresses that map page frames. The caller passes all frames
 * first. Then each page table is scanned once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "paging/scan.h"

struct entry_rules;
struct kernel;
struct reverse; /* defined in reverse.c */

/* The owner of a page table: a process if has_pid is true, otherwise the kernel or devices. */
struct reverse_owner {
	bool has_pid;
	uint32_t io_table; /* for devices: index of the page table in struct io_map */
	int64_t pid;
	const char *comm; /* borrowed from the caller of reverse_add(); NULL: unknown */
};

struct mapping {
	uint64_t first; /* virtual address of the page */
	uint64_t paddr; /* physical address of the page */
	uint64_t page_size; /* in bytes; a large page contains many frames */
	struct reverse_owner owner;
	uint8_t cache_index; /* from entry_cache_index() */
	bool writable, executable, user;
	bool no_access; /* the page is in memory, but processes may not access it (PROT_NONE) */
};

/* paddrs: physical addresses in the frames, in any order, possibly with duplicates; copied. Returns
 * NULL if memory is exhausted. */
struct reverse *reverse_create(const uint64_t *paddrs, size_t nr, struct error *err);
void reverse_destroy(struct reverse *reverse); /* NULL is fine */

/* Runs a scan that was started, and records the mappings of the frames. Also records PROT_NONE
 * pages, if the scan reports absent entries. Returns false if memory is exhausted or there are too
 * many mappings. scan->end shows whether the scan is complete. */
bool reverse_add(struct reverse *reverse, struct kernel *kernel, struct scan *scan,
		 struct reverse_owner owner, struct error *err);

/* Records a mapping that is not in a page table. mapping->page_size: the size of the whole
 * mapping. */
bool reverse_add_mapping(struct reverse *reverse, const struct mapping *mapping, struct error *err);

/* The parts of page tables that are missing or corrupt. Mappings in these parts are not found. */
struct reverse_gaps {
	size_t nr;
	struct scanned first; /* valid if nr is not 0 */
};

const struct reverse_gaps *reverse_gaps(const struct reverse *reverse);

/* Sorts the mappings by frame. Call it once, after the last reverse_add(). Returns false if the
 * listener (which may be NULL) stopped it; then reverse_frame() must not be called. */
bool reverse_finish(struct reverse *reverse, const struct listener *listener);

/* The mappings of one frame, in the order of page tables, then of addresses. */
struct reverse_frame {
	size_t start, nr;
};

struct reverse_frame reverse_frame(const struct reverse *reverse, uint64_t paddr);
const struct mapping *reverse_mapping(const struct reverse *reverse, struct reverse_frame frame,
				      size_t index);

/* The result of comparing all mappings of one frame. */
struct frame_aliases {
	bool cache_conflict; /* two mappings have different cache types */
	/* True if the cache types of all mappings are known, or the mappings use the same PAT
	 * entry. */
	bool cache_compared;
	/* True if a protection can be bypassed: the kernel can write to the frame at one address,
	 * and at another address the frame is read-only or executable. */
	bool writable_alias;
	bool in_process; /* a process maps the frame */
};

/* has_no_execute: the entries of the paging mode have a no-execute bit. */
struct frame_aliases reverse_aliases(const struct reverse *reverse, struct reverse_frame frame,
				     const struct entry_rules *rules, bool has_no_execute);
