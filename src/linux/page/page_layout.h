/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The layout of struct page in this kernel, the words of a struct page, and compound pages:
 * include/linux/mm_types.h, include/linux/page-flags.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct state_type;

enum page_use_kind {
	PAGE_USE_UNKNOWN,
	PAGE_USE_FILE, /* in the page cache */
	PAGE_USE_SHMEM, /* in the page cache of tmpfs and shared memory */
	PAGE_USE_ANON,
	PAGE_USE_KSM,
	PAGE_USE_MOVABLE, /* movable memory that belongs to a driver */
	PAGE_USE_RESERVED,
	PAGE_USE_FREE,
	PAGE_USE_FREE_PERCPU, /* in a CPU's list of free frames (cpu_lists.h) */
	PAGE_USE_OFFLINE,
	PAGE_USE_TABLE,
	PAGE_USE_GUARD,
	PAGE_USE_SLAB,
	PAGE_USE_HUGETLB, /* a page of hugetlb, in use or free */
	PAGE_USE_ZSMALLOC,
	PAGE_USE_UNACCEPTED,
	PAGE_USE_KMALLOC,
	/* Page types do not show the uses below. The next five are only for runs of frames
	 * (frame_runs.h): */
	PAGE_USE_HWPOISON,
	PAGE_USE_OTHER, /* allocated by the kernel for itself */
	PAGE_USE_UNREADABLE, /* the struct page is not in the dump */
	PAGE_USE_DAMAGED, /* the struct page is damaged */
	PAGE_USE_NONE, /* there is no struct page */
	/* query/frame_use.h finds these three: */
	PAGE_USE_STACK,
	PAGE_USE_VMALLOC,
	PAGE_USE_DEVICE,
	/* These are found using the kernel's lists of memory areas (query/memory_runs.h): */
	PAGE_USE_VMAP, /* mapped by vmalloc, but allocated by another part of the kernel */
	PAGE_USE_PERCPU,
	PAGE_USE_PGD, /* the top-level table of a process, if page tables have no page type */
	PAGE_USE_CMA, /* allocated from an area of CMA */
	/* These are parts of other uses, see page_use_whole(): */
	PAGE_USE_IMAGE,
	PAGE_USE_CRASH_KERNEL,
	PAGE_USE_MEMMAP,
	PAGE_USE_FIRST_PERCPU, /* per-CPU memory reserved at boot */
	PAGE_USE_FIRMWARE,
	PAGE_USE_HOLE,
	PAGE_USE_MEMBLOCK, /* other memory reserved at boot (memblock) or by a driver */
	PAGE_USE_BUFFERS, /* pages of block devices, which are part of the page cache */
	PAGE_USE_HUGETLB_FREE,
	PAGE_USE_HUGETLB_USED,
	PAGE_USE_CMA_FREE,
	NR_PAGE_USES
};

/* A page has this type if (word & mask) == value. word: the member _mapcount. */
struct page_type {
	uint32_t mask, value;
	enum page_use_kind kind;
};

enum { PAGE_STRUCT_MAX = 128, MOST_PAGE_TYPES = 12 };

/* The state that contains the struct page_layout. Parts of the layout may be unknown. */
extern const struct state_type state_page_layout;

/* The member of a tail that points to the head of its compound page. */
enum tail_coding {
	TAILS_UNKNOWN,
	/* the member private of tails and of the head; a flag marks tails and head; until 2.6.21 */
	TAILS_PRIVATE,
	/* the member first_page; flags mark a tail; 2.6.22 (d85f33855c30) to 4.3 */
	TAILS_FIRST_PAGE,
	/* the member compound_head; bit 0 marks a tail; since 4.4 (1d798ca3f164) */
	TAILS_COMPOUND_HEAD,
	/* the member compound_info: an address or a mask; bit 0 marks a tail; since 7.1
	 * (8c846c879e22) */
	TAILS_COMPOUND_INFO,
};

struct page_layout {
	uint64_t size; /* size of struct page in bytes: 32 to 4096 */
	unsigned int word; /* size of a long in bytes */
	bool tags; /* kernel_tags_pointers() */
	/* Offsets of members, all below PAGE_STRUCT_MAX. -1: the member does not exist, or its
	 * offset is unknown. */
	int flags, mapping, index, private_word, type, refcount;
	enum tail_coding tails;
	int head; /* offset of the member that tails describes */
	/* Offsets of the order and the destructor in the first tails, counted from the start of the
	 * head. -1: unknown. */
	int order, dtor;
	unsigned int dtor_size;
	uint64_t hugetlb_dtor; /* the destructor for hugetlb: a number; before 4.4 an address */
	bool order_in_flags; /* the order is the low byte of the first tail's flags */
	/* The flags are macros (before 2.6.26), not enumerators. Then only a few masks may be
	 * known. */
	bool has_macros;
	/* Masks of flags in the member flags. 0: the flag does not exist, or its mask is
	 * unknown. */
	uint64_t head_mask, slab_mask, reserved_mask, buddy_mask;
	uint64_t tail_mask; /* a tail has all of these bits set */
	uint64_t hugetlb_mask; /* for flags of the first tail */
	uint64_t swapcache_mask; /* a page in the swap cache has all of these bits set */
	uint64_t swapbacked_mask, hwpoison_mask;
	unsigned int swap_type_shift; /* position of the type in a swp_entry_t; 0: unknown */
	struct page_type types[MOST_PAGE_TYPES];
	unsigned int nr_types;
};

/* Returns the layout, which is found on first use and valid until states_forget(). Fails if the
 * offset of flags or mapping is unknown, or if tails cannot be recognised. tails may be
 * TAILS_UNKNOWN in kernels whose tails cannot be confused with other pages. */
const struct page_layout *page_layout_of(struct kernel *kernel, struct error *err);

/* The bytes of one struct page. */
struct page_words {
	const struct page_layout *layout; /* set by the caller before page_words_read() */
	uint64_t page; /* virtual address of the struct page */
	uint8_t bytes[PAGE_STRUCT_MAX];
};

bool page_words_read(struct kernel *kernel, uint64_t page, struct page_words *words);
/* Return the long (page_word()) or the four bytes (page_half()) at an offset of the struct page.
 * offset: from struct page_layout. If offset is -1, they return 0. */
uint64_t page_word(const struct page_words *words, int offset);
uint32_t page_half(const struct page_words *words, int offset);

/* Returns the use that is shown by the page type or by the flag PG_buddy. Returns PAGE_USE_UNKNOWN
 * if the page has neither a known page type nor this flag. */
enum page_use_kind page_words_type(const struct page_words *words);
/* Is the page the first page of a slab or, in kernels with SLAB, any page of a slab? */
bool page_words_slab(const struct page_words *words);

/* --- compound pages: several frames used as one (compound.c) --- */

enum compound_part {
	COMPOUND_NONE, /* a single page; with TAILS_UNKNOWN, perhaps a tail */
	COMPOUND_HEAD,
	COMPOUND_TAIL,
};

/* Is the page a head or a tail? Sets *head to the address of the head. Reads only this struct page.
 * A page that looks like a head may be a tail: see head_of_copy() in compound.c. */
enum compound_part compound_part(const struct page_words *words, uint64_t *head);

struct compound {
	bool compound;
	uint64_t head_pfn; /* pfn of the head; if the page is not compound, the frame itself */
	bool has_order;
	unsigned int order;
	bool hugetlb;
	uint64_t flags; /* the flags in the frame's own struct page */
};

/* Describes the compound page that contains the frame pfn, and reads the struct page of its head
 * into `words`. Fails if the frame has no struct page, if the layout of struct page is unknown, or
 * if the frame's struct page contradicts the head's. */
bool page_compound(struct kernel *kernel, uint64_t pfn, struct page_words *words,
		   struct compound *compound);
