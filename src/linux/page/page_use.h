/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The use of a frame as its struct page shows it, and the object to which the frame belongs.
 * query/page_owner.h finds the files and processes of this object. */
#pragma once

#include "linux/page/page_layout.h"

/* The names of uses in answers: "unknown", "file", ... Scripts rely on them, so do not change
 * them. */
extern const char *const page_use_names[NR_PAGE_USES];

struct page_use {
	enum page_use_kind kind;
	bool compound;
	uint64_t head_pfn; /* first frame of the compound page or free block, or the frame itself */
	bool has_order;
	unsigned int order; /* order of the compound page or free block */
	bool hugetlb;
	bool idle; /* a page in hugetlb's pool that is not in use */
	bool poisoned; /* PG_hwpoison: the hardware corrupted the frame, or may corrupt it */
	bool has_index;
	uint64_t index; /* page number of the frame in the file, or user address in pages */
	uint64_t object; /* address of the address_space, anon_vma or stable node; 0: none */
	/* The use is unknown, and the frame is single, has no references and is in no list. Such a
	 * frame is part of a block that was allocated without __GFP_COMP, or is being moved between
	 * lists. */
	bool unreferenced;
	/* The counts in the struct page, if the frame is neither part of a larger page nor free. If
	 * the offset of a count is unknown, the count is 0. */
	uint32_t refcount, mapcount;
	bool has_swap; /* the page is also in the swap cache */
	uint64_t swap_type, swap_offset;
};

/* Returns the use that the command "frames" assigns to the frame: use->kind, PAGE_USE_HUGETLB,
 * PAGE_USE_HWPOISON or PAGE_USE_OTHER. */
enum page_use_kind page_use_counted(const struct page_use *use);

/* If the use is a part of another use (see enum page_use_kind), returns the other use. If not,
 * returns the use itself. */
enum page_use_kind page_use_whole(enum page_use_kind use);

/* Is the use unknown because the struct page is damaged or not in the dump? */
static inline bool page_use_is_lost(enum page_use_kind use)
{
	return use == PAGE_USE_UNREADABLE || use == PAGE_USE_DAMAGED;
}

/* Finds the use of a frame. Fails for the same reasons as page_compound(). */
bool page_use_of(struct kernel *kernel, uint64_t pfn, struct page_use *use);
