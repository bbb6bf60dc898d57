/* SPDX-License-Identifier: LGPL-3.0-or-later */
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
	PAGE_USE_MOVABLE, /* movable memory of a driver */
	PAGE_USE_RESERVED,
	PAGE_USE_FREE,
	PAGE_USE_FREE_PERCPU, /* in a list of free frames of a CPU */
	PAGE_USE_OFFLINE,
	PAGE_USE_TABLE,
	PAGE_USE_GUARD,
	PAGE_USE_SLAB,
	PAGE_USE_HUGETLB, /* in hugetlb's pool */
	PAGE_USE_ZSMALLOC,
	PAGE_USE_UNACCEPTED,
	PAGE_USE_KMALLOC,
	/* The uses below are not shown by page types. For runs of frames (frame_runs.h): */
	PAGE_USE_HWPOISON,
	PAGE_USE_OTHER, /* allocated by the kernel for itself */
	PAGE_USE_UNREADABLE, /* the struct page is not in the dump */
	PAGE_USE_DAMAGED, /* the struct page is damaged */
	PAGE_USE_NONE, /* there is no struct page */
	/* Found by the content of frames (query/frame_use.h): */
	PAGE_USE_STACK,
	PAGE_USE_VMALLOC,
	PAGE_USE_DEVICE,
	/* Found by the kernel's lists of memory (query/memory_runs.h): */
	PAGE_USE_VMAP, /* mapped by vmalloc, but allocated by another part of the kernel */
	PAGE_USE_PERCPU,
	PAGE_USE_PGD, /* the top-level table of a process, if page tables have no page type */
	PAGE_USE_CMA, /* allocated from an area of CMA */
	/* Parts of other uses, see page_use_whole(): */
	PAGE_USE_IMAGE,
	PAGE_USE_CRASH_KERNEL,
	PAGE_USE_MEMMAP,
	PAGE_USE_FIRST_PERCPU, /* per-CPU memory reserved at boot */
	PAGE_USE_FIRMWARE,
	PAGE_USE_HOLE,
	PAGE_USE_MEMBLOCK, /* other memory reserved at boot or by a driver */
	PAGE_USE_BUFFERS, /* pages of block devices, which are part of the page cache */
	PAGE_USE_HUGETLB_FREE,
	PAGE_USE_HUGETLB_USED,
	PAGE_USE_CMA_FREE,
	NR_PAGE_USES
};

/* A page has this type if (_mapcount & mask) == value. */
struct page_type {
	uint32_t mask, value;
	enum page_use_kind kind;
};

enum { PAGE_STRUCT_MAX = 128, MOST_PAGE_TYPES = 12 };

/* The state that contains the layout, which may be only partly known. */
extern const struct state_type state_page_layout;

/* The member of a tail that points to the head of the compound page. */
enum tail_coding {
	TAILS_UNKNOWN,
	/* private, in tails and in the head; a flag marks all of them; until 2.6.21 */
	TAILS_PRIVATE,
	/* first_page; flags mark a tail; 2.6.22 (d85f33855c30) to 4.3 */
	TAILS_FIRST_PAGE,
	/* compound_head; bit 0 marks a tail; since 4.4 (1d798ca3f164) */
	TAILS_COMPOUND_HEAD,
	/* compound_info: like compound_head, or a mask and bit 0; since 7.1 (8c846c879e22) */
	TAILS_COMPOUND_INFO,
};

struct page_layout {
	uint64_t size; /* size of struct page in bytes: 32 to 4096 */
	unsigned int word; /* size of a long in bytes */
	/* Offsets of members below PAGE_STRUCT_MAX. -1: no such member, or unknown. */
	int flags, mapping, index, private_word, type, refcount;
	enum tail_coding tails;
	int head; /* offset of the member described by tails */
	/* Offsets, from the head's struct page, of the order and destructor in the first tails. -1:
	 * unknown. */
	int order, dtor;
	unsigned int dtor_size;
	uint64_t hugetlb_dtor; /* destructor of hugetlb: a number, before 4.4 an address */
	bool order_in_flags; /* the order is the low byte of the first tail's flags */
	/* Before 2.6.26 flags are macros instead of enumerators. Then only a few masks may be
	 * known. */
	bool has_macros;
	/* Masks of flags. 0: no such flag, or unknown. */
	uint64_t head_mask, slab_mask, reserved_mask, buddy_mask;
	uint64_t tail_mask; /* all bits must be set */
	uint64_t hugetlb_mask; /* for the flags of the first tail */
	uint64_t swapcache_mask; /* all bits must be set */
	uint64_t swapbacked_mask, hwpoison_mask;
	unsigned int swap_type_shift; /* shift of the type in a swp_entry_t; 0: unknown */
	struct page_type types[MOST_PAGE_TYPES];
	unsigned int nr_types;
	/* The free block that was found last: pfns, inclusive. */
	uint64_t free_first, free_last;
	unsigned int free_order;
	bool has_free;
	/* The ranges of frames that were last found to be online and offline. */
	uint64_t online_first, online_last, offline_first, offline_last;
	bool has_online, has_offline;
};

/* Returns the layout, which is found on first use and valid until facts are forgotten. Fails if
 * flags, mapping or tails are unknown. tails may be TAILS_UNKNOWN if the kernel's tails cannot be
 * confused with other pages. */
const struct page_layout *page_layout_of(struct kernel *kernel, struct error *err);

/* For page_layout.c: finds the masks of flags. The offset of flags must be known. */
void page_flags_find(struct kernel *kernel, struct page_layout *layout);

/* The bytes of one struct page. */
struct page_words {
	const struct page_layout *layout; /* set by the caller before page_words_read() */
	uint64_t page; /* virtual address of the struct page */
	uint8_t bytes[PAGE_STRUCT_MAX];
};

bool page_words_read(struct kernel *kernel, uint64_t page, struct page_words *words,
		     struct error *err);
/* Load a long (page_word()) or four bytes (page_half()) at an offset from the layout. Return 0 if
 * the offset is -1. */
uint64_t page_word(const struct page_words *words, int offset);
uint32_t page_half(const struct page_words *words, int offset);

/* Returns the use that the page type or the flag PG_buddy shows, or PAGE_USE_UNKNOWN. */
enum page_use_kind page_words_type(const struct page_words *words);
/* Is it the first page of a slab? With SLAB: is it any page of a slab? */
bool page_words_slab(const struct page_words *words);

/* --- compound pages: several frames used as one (compound.c) --- */

enum compound_part {
	COMPOUND_NONE, /* a single page; with TAILS_UNKNOWN, possibly a tail */
	COMPOUND_HEAD,
	COMPOUND_TAIL,
};

/* Is the page a head or a tail? Sets *head to the address of the head. Uses only this struct page.
 * What looks like a head may be a tail: see head_of_copy() in compound.c. */
enum compound_part compound_part(const struct page_words *words, uint64_t *head);

struct compound {
	bool compound;
	uint64_t head_pfn; /* the frame itself if it is not compound */
	bool has_order;
	unsigned int order;
	bool hugetlb;
	uint64_t flags; /* flags in the struct page of the frame itself */
};

/* Describes the compound page that contains the frame, and reads the struct page of its head into
 * words. Fails if the frame has no struct page, if the layout of struct page is unknown, or if the
 * struct page contradicts its head. */
bool page_compound(struct kernel *kernel, uint64_t pfn, struct page_words *words,
		   struct compound *compound, struct error *err);
