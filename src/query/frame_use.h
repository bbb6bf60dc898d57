/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a frame is used for, and for whom: what page, ptov and whatis show. */
#pragma once

#include "query/page_owner.h"
#include "linux/task/stack.h"
#include "query/table_owner.h"

struct place;

struct frame_use {
	struct page_use use;
	bool known; /* false: the struct page does not show it; the rest is not set */
	bool has_file;
	struct page_file file; /* valid if has_file */
	size_t nr_owners; /* found; the first MOST_OWNERS are in owner */
	struct page_owner owner[MOST_OWNERS];
	bool has_table;
	struct table_owner table; /* valid if has_table */
	/* An address in vmalloc that maps the frame, if an area lists it. */
	bool has_area;
	uint64_t area_vaddr;
	char movable[64]; /* of PAGE_USE_MOVABLE the symbol of who can move it; "": unknown */
	char cache[64]; /* the slab cache whose objects it holds; "": none, or unknown */
	bool has_stack; /* of a task or CPU */
	struct stack stack; /* valid if has_stack */
	const char *resource; /* borrowed, of device memory; NULL: none, or unknown */
};

/* owners: also search the processes that map an anonymous page, the page table that the
 * frame is part of, the areas of vmalloc, stacks, slab caches and
 * resources. */
void query_frame_use(struct kernel *kernel, uint64_t pfn, bool owners, struct frame_use *use);

/* Concluded from its struct page, or else from what lies there; valid if known.
 * PAGE_USE_UNKNOWN: only known as a part of a compound page. */
enum page_use_kind frame_use_kind(const struct frame_use *use);

/* Is a frame of the kernel's image something else by now? Frames of the image are reserved; its
 * init memory is freed when the kernel has started. */
static inline bool frame_is_reused(const struct frame_use *use)
{
	return use->known && use->use.kind != PAGE_USE_RESERVED;
}

/* Was the place's symbol in init memory that the kernel has freed since? Then only the use of
 * the frame describes the place: it is put into use. */
bool query_place_is_freed(struct kernel *kernel, const struct place *place, struct frame_use *use);

/* Where reads are noted (dump.h): reads the data that show which area of vmalloc a frame belongs
 * to, for all frames. */
void query_read_area_pages(struct kernel *kernel);

/* One line; "-" if nothing is known. */
enum { USE_TEXT = 512 };
void frame_use_text(const struct frame_use *use, char text[USE_TEXT]);
