/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The layout of this kernel's struct page, looked up once, the words of one struct page,
 * and compound pages: include/linux/mm_types.h, include/linux/page-flags.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct state_type;

enum page_use_kind {
	PAGE_USE_UNKNOWN,
	PAGE_USE_FILE, /* in the page cache */
	PAGE_USE_SHMEM, /* the same, of tmpfs and shared memory */
	PAGE_USE_ANON,
	PAGE_USE_KSM,
	PAGE_USE_MOVABLE, /* movable memory of a driver */
	PAGE_USE_RESERVED,
	PAGE_USE_FREE,
	PAGE_USE_FREE_PERCPU, /* in the list of a CPU */
	PAGE_USE_OFFLINE,
	PAGE_USE_TABLE,
	PAGE_USE_GUARD,
	PAGE_USE_SLAB,
	PAGE_USE_HUGETLB, /* of hugetlb's pool */
	PAGE_USE_ZSMALLOC,
	PAGE_USE_UNACCEPTED,
	PAGE_USE_KMALLOC,
	/* Uses that struct pages do not show themselves: for counting runs (frame_runs.h), */
	PAGE_USE_HWPOISON,
	PAGE_USE_OTHER, /* the kernel allocated it for itself */
	PAGE_USE_UNREADABLE, /* its struct page is not in the dump */
	PAGE_USE_DAMAGED, /* that makes no sense */
	PAGE_USE_NONE, /* it has no struct page */
	/* and uses that follow from the content (query/frame_use.h) */
	PAGE_USE_STACK,
	PAGE_USE_VMALLOC,
	PAGE_USE_DEVICE,
	NR_PAGE_USES
};

/* A frame is of this kind if (_mapcount & mask) == value. */
struct page_type {
	uint32_t mask, value;
	enum page_use_kind kind;
};

enum { PAGE_STRUCT_MAX = 128, MOST_PAGE_TYPES = 12 };

/* The layout, also where it is not known whole. */
extern const struct state_type state_page_layout;

/* Which member of a tail leads to the head of its compound page. */
enum tail_coding {
	TAILS_UNKNOWN,
	/* private, as in the head itself; a flag marks all pages: until 2.6.21 */
	TAILS_PRIVATE,
	/* first_page; flags mark a tail: 2.6.22 (d85f33855c30) to 4.3 */
	TAILS_FIRST_PAGE,
	/* compound_head; bit 0 marks a tail: 4.4 (1d798ca3f164) */
	TAILS_COMPOUND_HEAD,
	/* compound_info: the same, or a mask and bit 0: 7.1 (8c846c879e22) */
	TAILS_COMPOUND_INFO,
};

struct page_layout {
	uint64_t size; /* bytes of a struct page: 32 to 4096 */
	unsigned int word; /* bytes of a long */
	/* Offsets below PAGE_STRUCT_MAX; -1: no such member, or unknown. */
	int flags, mapping, index, private_word, type, refcount;
	enum tail_coding tails;
	int head; /* offset of the member that tails names */
	/* Offsets from the head, of members of its first tails; -1: unknown. */
	int order, dtor;
	unsigned int dtor_size;
	uint64_t hugetlb_dtor; /* hugetlb's destructor: its number, before 4.4 its address */
	bool order_in_flags; /* the low byte of the first tail's flags is the order */
	bool has_macros; /* for flags, as before 2.6.26: only slab_mask may be known */
	/* Masks of flags; 0: no such flag, or unknown. */
	uint64_t head_mask, slab_mask, reserved_mask, buddy_mask;
	uint64_t tail_mask; /* all bits must be set */
	uint64_t hugetlb_mask; /* in the first tail's flags */
	uint64_t swapcache_mask; /* all bits must be set */
	uint64_t swapbacked_mask, hwpoison_mask;
	unsigned int swap_type_shift; /* in a swp_entry_t; 0: unknown */
	struct page_type types[MOST_PAGE_TYPES];
	unsigned int nr_types;
	/* The free block that was found last, by pfn, inclusive. */
	uint64_t free_first, free_last;
	unsigned int free_order;
	bool has_free;
	/* The last frames that were found in an online section, and in an offline one. */
	uint64_t online_first, online_last, offline_first, offline_last;
	bool has_online, has_offline;
};

/* Found on first use. Fails if flags, mapping or tails are unknown. TAILS_UNKNOWN is allowed for
 * kernels whose tails cannot be mistaken for other pages. Valid until facts are forgotten. */
const struct page_layout *page_layout_of(struct kernel *kernel, struct error *err);

/* For page_layout.c: the masks of flags. Needs the offset of flags. */
void page_flags_find(struct kernel *kernel, struct page_layout *layout);

/* The bytes of one struct page. */
struct page_words {
	const struct page_layout *layout; /* set by the caller of page_words_read() */
	uint64_t page; /* its virtual address */
	uint8_t bytes[PAGE_STRUCT_MAX];
};

bool page_words_read(struct kernel *kernel, uint64_t page, struct page_words *words,
		     struct error *err);
/* A long at an offset of the layout, 0 if that is -1; four bytes. */
uint64_t page_word(const struct page_words *words, int offset);
uint32_t page_half(const struct page_words *words, int offset);

/* By the page type, or the flag PG_buddy; PAGE_USE_UNKNOWN if it has no type. */
enum page_use_kind page_words_type(const struct page_words *words);
/* Whether it is the first page of a slab; with SLAB, any page of one. */
bool page_words_slab(const struct page_words *words);

/* --- compound pages: several frames that are used as one (compound.c) --- */

enum compound_part {
	COMPOUND_NONE, /* a single page, or with TAILS_UNKNOWN a tail */
	COMPOUND_HEAD,
	COMPOUND_TAIL,
};

/* Uses the words of one struct page only; *head: the address of its head. A page that looks like
 * a head may be a tail: see head_of_copy() (compound.c). */
enum compound_part compound_part(const struct page_words *words, uint64_t *head);

struct compound {
	bool compound;
	uint64_t head_pfn; /* the frame's own if it is not compound */
	bool has_order;
	unsigned int order;
	bool hugetlb;
	uint64_t flags; /* of the frame's own struct page */
};

/* Reads the struct page of the frame's head into words. Fails if the frame has no struct
 * page, its layout is unknown, or it contradicts the head. */
bool page_compound(struct kernel *kernel, uint64_t pfn, struct page_words *words,
		   struct compound *compound, struct error *err);
