/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The use of a frame and its owners, for the commands page, ptov and whatis. */
#pragma once

#include "query/page_owner.h"
#include "linux/task/stack.h"
#include "query/table_owner.h"

struct place;

struct frame_use {
	struct page_use use;
	bool known; /* false: the struct page does not show the use; other members are not set */
	bool has_file;
	struct page_file file; /* valid if has_file */
	size_t nr_owners; /* number of owners found; owner has the first MOST_OWNERS */
	struct page_owner owner[MOST_OWNERS];
	bool has_table;
	struct table_owner table; /* valid if has_table */
	/* An address in vmalloc that maps the frame, if an area lists it. */
	bool has_area;
	uint64_t area_vaddr;
	char movable[64]; /* PAGE_USE_MOVABLE: symbol of the code that can move it; "": unknown */
	char cache[64]; /* the slab cache of its objects; "": none, or unknown */
	bool has_stack; /* it is the stack of a task or CPU */
	struct stack stack; /* valid if has_stack */
	const char *resource; /* borrowed; memory of a device; NULL: none, or unknown */
};

/* owners: also search the processes that map an anonymous page, the page table that the frame
 * belongs to, areas of vmalloc, stacks, slab caches and resources. */
void query_frame_use(struct kernel *kernel, uint64_t pfn, bool owners, struct frame_use *use);

/* The use by the struct page, or else by the owner found; valid if known. PAGE_USE_UNKNOWN: only
 * known to be part of a compound page. */
enum page_use_kind frame_use_kind(const struct frame_use *use);

/* Has a frame of the kernel's image another use now? Frames of the image are reserved; its init
 * memory is freed when the kernel has started. */
static inline bool frame_is_reused(const struct frame_use *use)
{
	return use->known && use->use.kind != PAGE_USE_RESERVED;
}

/* Is the place's symbol in init memory that the kernel has freed? Then the place is described by
 * the use of its frame, which is stored in use. */
bool query_place_is_freed(struct kernel *kernel, const struct place *place, struct frame_use *use);

/* If reads are noted (dump.h): reads, for all frames, the data that show the vmalloc area of a
 * frame. */
void query_read_area_pages(struct kernel *kernel);

/* Writes one line; "-" if nothing is known. */
enum { USE_TEXT = 512 };
void frame_use_text(const struct frame_use *use, char text[USE_TEXT]);
