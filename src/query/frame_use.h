/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The use of a page frame and its owners, for the commands page, ptov and whatis. */
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
	size_t nr_owners; /* number of owners found; the first MOST_OWNERS are in owner */
	struct page_owner owner[MOST_OWNERS];
	bool has_table;
	struct table_owner table; /* valid if has_table */
	/* An address in vmalloc that maps the frame, if the list of pages of an area has the
	 * frame. */
	bool has_area;
	uint64_t area_vaddr;
	/* With PAGE_USE_MOVABLE: symbol of the code that can move the frame; "": unknown. */
	char movable[64];
	char cache[64]; /* name of the slab cache of its objects; "": no slab cache, or unknown */
	bool has_stack; /* the frame is part of the stack of a task or CPU */
	struct stack stack; /* valid if has_stack */
	/* If it is memory of a device: name of the resource, borrowed; otherwise NULL. */
	const char *resource;
};

/* owners: if true, also searches for owners: processes that map an anonymous page, the page table
 * that contains the frame, areas of vmalloc, stacks, slab caches and resources. */
void query_frame_use(struct kernel *kernel, uint64_t pfn, bool owners, struct frame_use *use);

/* Returns the use according to the struct page, or else according to the owner that was found.
 * use->known must be true. Returns PAGE_USE_UNKNOWN if it is only known that the frame is part of a
 * compound page. */
enum page_use_kind frame_use_kind(const struct frame_use *use);

/* For a frame of the kernel's image: returns true if it has another use now. Frames of the image
 * are reserved. The kernel frees the image's init memory after it has started. */
static inline bool frame_is_reused(const struct frame_use *use)
{
	return use->known && use->use.kind != PAGE_USE_RESERVED;
}

/* Returns true if the place is in init memory that the kernel has freed. Then the place's symbol
 * does not describe the memory any more, and *use is set to the present use of the frame. */
bool query_place_is_freed(struct kernel *kernel, const struct place *place, struct frame_use *use);

/* Reads the data that lead from each frame to its vmalloc area, so that a recorder notes them
 * (dump.h). */
void query_read_area_pages(struct kernel *kernel);

/* Writes the use as one line, or "-" if nothing is known. */
enum { USE_TEXT = 512 };
void frame_use_text(const struct frame_use *use, char text[USE_TEXT]);
