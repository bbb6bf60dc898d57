/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compound pages: several frames that are used as one, in kernels of all eras. */
#pragma once

#include "frames/page_layout.h"

enum compound_part {
	COMPOUND_NONE, /* a single page, or with TAILS_UNKNOWN a tail */
	COMPOUND_HEAD,
	COMPOUND_TAIL,
};

/* What the words of one struct page say, and the address of the head by them. The
 * words of a head may be those of a tail: see kernel_compound(). */
enum compound_part compound_part(const struct page_words *words,
				 uint64_t *head);

struct compound {
	bool compound;
	uint64_t head_pfn; /* the frame's own if it is not compound */
	bool has_order;
	unsigned int order;
	bool hugetlb;
};

/* Reads the struct page of a frame: words gets those of the head of the compound
 * page that it is part of. Fails if the frame has no struct page, its layout is
 * unknown, or it contradicts the head. */
bool kernel_compound(struct kernel *kernel, uint64_t pfn,
		     struct page_words *words, struct compound *compound,
		     struct error *err);
