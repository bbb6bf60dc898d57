/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a frame is used for by its struct page, and the object that it belongs to.
 * page_owner.h finds the files and processes behind that object. */
#pragma once

#include "frames/page_layout.h"

extern const char *const page_use_names[NR_PAGE_USES];

struct page_use {
	enum page_use_kind kind;
	bool compound;
	uint64_t head_pfn; /* of the compound page or free block, else its own */
	bool has_order;
	unsigned int order; /* of the compound page or free block */
	bool hugetlb;
	bool has_index;
	uint64_t index; /* of this frame: page of the file, or vaddr / 4096 */
	uint64_t object; /* address of the address_space, anon_vma or stable node; 0: none */
	bool unreferenced; /* of unknown kind, single, and with a count of 0 */
	bool has_swap; /* it is in the swap cache, too */
	uint64_t swap_type, swap_offset;
};

/* Fails as kernel_compound() does. */
bool kernel_page_use(struct kernel *kernel, uint64_t pfn, struct page_use *use,
		     struct error *err);
