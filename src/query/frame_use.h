/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the use of a page frame and the owners of the frame, for the commands page, ptov and
 * whatis. */
#pragma once

#include "query/page_owner.h"
#include "linux/task/stack.h"
#include "query/table_owner.h"

struct place;

struct frame_use {
	struct page_use use;
	bool known; /* false: the use is unknown, and most of the other members are not set */
	/* The use that the command "frames" shows if the members below do not show the use. It may
	 * be PAGE_USE_OTHER or PAGE_USE_UNKNOWN. PAGE_USE_NONE: the frame has no struct page. */
	enum page_use_kind label;
	bool has_file;
	struct page_file file; /* valid if has_file */
	size_t nr_owners; /* number of owners; the first MOST_OWNERS are in owner */
	struct page_owner owner[MOST_OWNERS];
	bool has_table;
	struct table_owner table; /* valid if has_table */
	/* has_area: the frame is mapped in the range of vmalloc or of modules. area_vaddr: the
	 * address that maps the frame, valid if has_area. */
	bool has_area;
	uint64_t area_vaddr;
	/* With PAGE_USE_MOVABLE: the symbol that shows which code can move the frame; "":
	 * unknown. */
	char movable[64];
	char cache[64]; /* name of the slab cache; "": not part of a slab, or unknown */
	bool has_stack; /* the frame is part of the stack of a task or of a CPU */
	struct stack stack; /* valid if has_stack */
	/* If the frame is memory of a device: name of the resource, borrowed. NULL if not. */
	const char *resource;
};

/* Finds the use of a frame. If owners is true, also finds owners: the processes that map an
 * anonymous page, the page table that is in the frame, the area of vmalloc, the stack, the slab
 * cache and the resource. */
void query_frame_use(struct kernel *kernel, uint64_t pfn, bool owners, struct frame_use *use);

/* Finds the page table that is in the frame, without the struct page. Sets no other use. Returns
 * false if the frame is not in the dump, or not in a page table. */
bool query_frame_table(struct kernel *kernel, uint64_t pfn, struct frame_use *use);

/* Returns the use that the struct page shows, or else the use that the owner shows. use->known must
 * be true. Returns PAGE_USE_UNKNOWN if all that is known is that the frame is part of a compound
 * page. */
enum page_use_kind frame_use_kind(const struct frame_use *use);

/* For a frame of the kernel's image: does the frame have another use now? Frames of the image have
 * the use PAGE_USE_RESERVED until they are freed. The kernel frees the init memory of the image at
 * the end of the boot. */
static inline bool frame_is_reused(const struct frame_use *use)
{
	return use->known && use->use.kind != PAGE_USE_RESERVED;
}

/* Writes the use in one line. Writes "-" if nothing is known about the use. */
enum { USE_TEXT = 512 };
void frame_use_text(const struct frame_use *use, char text[USE_TEXT]);
