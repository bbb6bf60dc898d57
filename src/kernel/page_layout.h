/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where this kernel's struct page keeps what, looked up once: many frames are
 * asked for at a time. include/linux/mm_types.h, include/linux/page-flags.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum page_use_kind {
	PAGE_USE_UNKNOWN,
	PAGE_USE_FILE, /* in the page cache */
	PAGE_USE_ANON,
	PAGE_USE_KSM,
	PAGE_USE_MOVABLE, /* a driver's, that can be moved */
	PAGE_USE_RESERVED,
	PAGE_USE_FREE,
	PAGE_USE_OFFLINE,
	PAGE_USE_TABLE,
	PAGE_USE_GUARD,
	PAGE_USE_SLAB,
	PAGE_USE_HUGETLB, /* in hugetlb's pool */
	PAGE_USE_ZSMALLOC,
	PAGE_USE_UNACCEPTED,
	PAGE_USE_KMALLOC,
	NR_PAGE_USES
};

/* Of the word that is _mapcount or a page type. */
struct page_type {
	uint32_t mask, value;
	enum page_use_kind kind;
};

enum { PAGE_STRUCT_MAX = 128, MOST_PAGE_TYPES = 12 };

struct page_layout {
	bool tried, known;
	struct error why_not;
	uint64_t size; /* of a struct page */
	unsigned int word; /* size of long */
	/* Offsets; -1: no such member, or nothing tells. */
	int flags, mapping, index, private_word, type, refcount, head, first_page;
	/* From the start of a head: they lie in its first tail. */
	int order, dtor;
	uint64_t hugetlb_dtor;
	/* Flags; 0: no such flag, or nothing tells. */
	uint64_t head_mask, tail_mask, slab_mask, reserved_mask, buddy_mask;
	uint64_t swapcache_mask; /* all of them */
	unsigned int swap_type_shift; /* of swp_entry_t; 0: not known */
	struct page_type types[MOST_PAGE_TYPES];
	unsigned int nr_types;
	/* The block of free frames that was found last. */
	uint64_t free_first, free_last;
	unsigned int free_order;
	bool has_free;
};

/* NULL: flags, mapping or how compound pages are made is not known. */
const struct page_layout *kernel_page_layout(struct kernel *kernel,
					     struct error *err);
