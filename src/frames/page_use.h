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

/* Is the frame in a list, and that whole around it? Of unreferenced frames those are that CPUs keep
 * for the next who asks: free. Others may be parts of a block that the kernel allocated, and what is
 * left in their links leads to nothing that leads back. */
bool kernel_page_is_listed(struct kernel *kernel, uint64_t pfn);

/* Fails as kernel_compound() does. */
bool kernel_page_use(struct kernel *kernel, uint64_t pfn, struct page_use *use,
		     struct error *err);
