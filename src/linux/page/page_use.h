/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a frame is used for by its struct page, and the object that it belongs to.
 * page_owner.h finds the files and processes behind that object. */
#pragma once

#include "linux/page/page_layout.h"

/* "unknown", "file", ... Scripts rely on them. */
extern const char *const page_use_names[NR_PAGE_USES];

struct page_use {
	enum page_use_kind kind;
	bool compound;
	uint64_t head_pfn; /* of the compound page or free block, else its own */
	bool has_order;
	unsigned int order; /* of the compound page or free block */
	bool hugetlb;
	bool poisoned; /* hardware corrupted it, or was about to: PG_hwpoison */
	bool has_index;
	uint64_t index; /* of this frame: page of the file, or the address in pages */
	uint64_t object; /* address of the address_space, anon_vma or stable node; 0: none */
	/* Of unknown kind, single, with a count of 0, and in no list. The frame is a part of a
	 * block that was allocated as one without a mark, or is on its way from one list to
	 * another. */
	bool unreferenced;
	bool has_swap; /* it is in the swap cache, too */
	uint64_t swap_type, swap_offset;
};

/* The use that the command frames counts it for: its kind, PAGE_USE_HWPOISON or PAGE_USE_OTHER. */
enum page_use_kind page_use_counted(const struct page_use *use);

/* Does its struct page fail to show the use? */
static inline bool page_use_is_lost(enum page_use_kind use)
{
	return use == PAGE_USE_UNREADABLE || use == PAGE_USE_DAMAGED;
}

/* Fails as page_compound() does. */
bool page_use_of(struct kernel *kernel, uint64_t pfn, struct page_use *use, struct error *err);
