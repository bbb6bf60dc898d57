/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reverse mapping: finds the virtual addresses that map certain page frames. The caller must pass
 * all frames at the start. Each page table is then scanned only once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "paging/scan.h"

struct entry_rules;
struct kernel;
struct reverse; /* defined in reverse.c */

/* The owner of a page table: a process if has_pid is true, the kernel or a device if not. */
struct reverse_owner {
	bool has_pid;
	uint32_t io_table; /* for a device: index of the page table in struct io_map */
	int64_t pid;
	const char *comm; /* borrowed from the caller of reverse_add(); NULL: unknown */
};

struct mapping {
	uint64_t first; /* virtual address of the page */
	uint64_t paddr; /* physical address of the page */
	uint64_t page_size; /* in bytes; a large page consists of many frames */
	struct reverse_owner owner;
	uint8_t cache_index; /* result of entry_cache_index() */
	bool writable, executable, user;
	bool no_access; /* the page is in memory, but without access rights (PROT_NONE) */
};

/* Starts a search for frames. paddrs: an address in each frame, in any order, possibly with
 * duplicates. The array is copied. Returns NULL if there is not enough memory. */
struct reverse *reverse_create(const uint64_t *paddrs, size_t nr, struct error *err);
void reverse_destroy(struct reverse *reverse); /* may be NULL */

/* Runs a scan that the caller has started, and records the mappings of the frames. If the scan
 * reports entries that are not present, also records PROT_NONE pages. Returns false if there is not
 * enough memory, or if there are too many mappings. scan->end shows whether the scan reached its
 * end. */
bool reverse_add(struct reverse *reverse, struct kernel *kernel, struct scan *scan,
		 struct reverse_owner owner, struct error *err);

/* Records a mapping that is not in a page table. mapping->page_size must be the size of the whole
 * mapping. */
bool reverse_add_mapping(struct reverse *reverse, const struct mapping *mapping, struct error *err);

/* Parts of page tables that are missing or corrupt, so that mappings in these parts are not
 * found. */
struct reverse_gaps {
	size_t nr;
	struct scanned first; /* valid if nr is not 0 */
};

const struct reverse_gaps *reverse_gaps(const struct reverse *reverse);

/* Sorts the mappings by frame. Must be called once, after the last reverse_add(). listener may be
 * NULL. Returns false if the listener stopped the work. In this case reverse_frame() must not be
 * called. */
bool reverse_finish(struct reverse *reverse, const struct listener *listener);

/* The mappings of one frame, in the order of page tables, then in the order of addresses. */
struct reverse_frame {
	size_t start, nr;
};

struct reverse_frame reverse_frame(const struct reverse *reverse, uint64_t paddr);
const struct mapping *reverse_mapping(const struct reverse *reverse, struct reverse_frame frame,
				      size_t index);

/* The result of comparing all mappings of a frame. */
struct frame_aliases {
	bool cache_conflict; /* two mappings have different cache types */
	/* True if all cache types could be compared: they are known, or the mappings use the same
	 * entry of the PAT. */
	bool cache_compared;
	/* True if the access rights of one mapping can be bypassed with another: at one address the
	 * kernel can write to the frame, and at another address the frame is read-only or
	 * executable. */
	bool writable_alias;
	bool in_process; /* a process maps the frame */
};

/* Compares the mappings of a frame. has_no_execute: entries of this paging mode have a no-execute
 * bit. */
struct frame_aliases reverse_aliases(const struct reverse *reverse, struct reverse_frame frame,
				     const struct entry_rules *rules, bool has_no_execute);
