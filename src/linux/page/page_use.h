/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The use of a frame according to its struct page, and the object that it belongs to. page_owner.h
 * finds the files and processes of that object. */
#pragma once

#include "linux/page/page_layout.h"

/* Names: "unknown", "file", ... Scripts rely on them. */
extern const char *const page_use_names[NR_PAGE_USES];

struct page_use {
	enum page_use_kind kind;
	bool compound;
	uint64_t head_pfn; /* first frame of the compound page or free block, or the frame itself */
	bool has_order;
	unsigned int order; /* of the compound page or free block */
	bool hugetlb;
	bool idle; /* in hugetlb's pool, and without a reference */
	bool poisoned; /* PG_hwpoison: hardware has corrupted the frame, or was about to */
	bool has_index;
	uint64_t index; /* for this frame: page number in the file, or address in pages */
	uint64_t object; /* address of the address_space, anon_vma or stable node; 0: none */
	/* Unknown use, single, with a count of 0, and in no list. The frame is part of a block
	 * allocated without a mark, or is being moved between lists. */
	bool unreferenced;
	bool has_swap; /* the page is also in the swap cache */
	uint64_t swap_type, swap_offset;
};

/* The use for the command frames: the kind, PAGE_USE_HWPOISON or PAGE_USE_OTHER. */
enum page_use_kind page_use_counted(const struct page_use *use);

/* The use that this use is part of; the use itself if it is not a part. */
enum page_use_kind page_use_whole(enum page_use_kind use);

/* Is the use unknown because of the struct page? */
static inline bool page_use_is_lost(enum page_use_kind use)
{
	return use == PAGE_USE_UNREADABLE || use == PAGE_USE_DAMAGED;
}

/* Fails for the same reasons as page_compound(). */
bool page_use_of(struct kernel *kernel, uint64_t pfn, struct page_use *use, struct error *err);
