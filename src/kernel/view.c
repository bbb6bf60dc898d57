/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/view.h"
#include "base/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *unreadable_text(const struct walk *walk)
{
	switch (walk->outcome) {
	case WALK_NOT_PRESENT: return "is not mapped";
	case WALK_CORRUPT: return "cannot be translated: an entry has a reserved bit set";
	case WALK_NON_CANONICAL: return "is not a canonical address";
	default: return "cannot be translated: a page table is not in the dump";
	}
}

bool space_read(const struct space *space, uint64_t vaddr, void *buffer, size_t size,
		struct error *err)
{
	uint8_t *to = buffer;
	uint64_t nr = 0;

	while (size) {
		struct walk walk = walk_page_table(space, vaddr);
		uint64_t room = walk.page_size - (vaddr & (walk.page_size - 1));
		size_t part = size < room ? size : (size_t)room;
		enum page_state state;

		if (listener_stops_at(space->dump->listener, ++nr))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (walk.outcome != WALK_MAPPED)
			return fail(err, ERROR_UNREADABLE, "%" PRIx64 " %s", vaddr,
				    unreadable_text(&walk));
		state = dump_read(space->dump, walk.paddr, to, part);
		if (state != PAGE_PRESENT)
			return fail(err, ERROR_UNREADABLE,
				    "%" PRIx64 " (physical %" PRIx64 ") is not in the dump: %s",
				    vaddr, walk.paddr, dump_state_text(space->dump, state));
		to += part;
		vaddr += part;
		size -= part;
	}
	return true;
}

/* Returns the most bytes that may be read at once from a string of unknown length, which is
 * 1 if reads are recorded. */
static size_t string_part(const struct space *space, uint64_t vaddr)
{
	return dump_records_reads(space->dump) ? 1 : LEAST_PAGE - (vaddr & (LEAST_PAGE - 1));
}

bool space_read_string(const struct space *space, uint64_t vaddr, char *text, size_t size,
		       struct error *err)
{
	size_t at = 0, part;

	for (; at < size - 1; at += part) {
		part = string_part(space, vaddr + at);
		if (part > size - 1 - at)
			part = size - 1 - at;
		/* Reading several bytes fails if the string ends directly before bytes that are not
		 * in the dump. In this case the bytes are read one by one. */
		if (!space_read(space, vaddr + at, text + at, part, NULL)) {
			part = 1;
			if (!space_read(space, vaddr + at, text + at, 1, err)) {
				text[at] = '\0';
				return false;
			}
		}
		if (memchr(text + at, '\0', part))
			return true;
	}
	text[at] = '\0';
	return true;
}

struct bytes view_page_at(const struct space *space, uint64_t vaddr, uint64_t *first)
{
	struct walk walk = walk_page_table(space, vaddr);
	struct extent extent;
	uint64_t before, rest;

	if (walk.outcome != WALK_MAPPED)
		return (struct bytes){ 0 };
	dump_find(space->dump, walk.paddr, &extent);
	if (!extent.data)
		return (struct bytes){ 0 };
	before = vaddr & (walk.page_size - 1);
	rest = walk.page_size - 1 - before;
	if (before > walk.paddr - extent.first)
		before = walk.paddr - extent.first;
	if (rest > extent.last - walk.paddr)
		rest = extent.last - walk.paddr;
	*first = vaddr - before;
	return (struct bytes){ extent.data + (walk.paddr - extent.first) - before,
			       before + 1 + rest };
}

/* Returns the bytes from vaddr to the end of its page or of its extent, or no bytes. */
static struct bytes view_piece_at(const struct space *space, uint64_t vaddr)
{
	uint64_t first = vaddr;
	struct bytes page = view_page_at(space, vaddr, &first);

	return page.size ?
		       (struct bytes){ page.data + (vaddr - first), page.size - (vaddr - first) } :
		       page;
}

bool view_borrow(struct view *view, const struct space *space, uint64_t vaddr, uint64_t size)
{
	struct bytes whole;

	*view = (struct view){ 0 };
	if (!dump_extents_last(space->dump))
		return false;
	whole = view_piece_at(space, vaddr);
	while (whole.size && whole.size < size) {
		struct bytes next = view_piece_at(space, vaddr + whole.size);

		if (next.data != whole.data + whole.size)
			return false;
		whole.size += next.size;
	}
	view->bytes = (struct bytes){ whole.data, size };
	return whole.size != 0;
}

bool view_open(struct view *view, const struct space *space, uint64_t vaddr, uint64_t size,
	       struct error *err)
{
	*view = (struct view){ 0 };
	if (size == 0 || size > LARGEST_VIEW || vaddr + (size - 1) < vaddr)
		return fail(err, ERROR_FORMAT, "implausible size: %" PRIu64 " bytes at %" PRIx64,
			    size, vaddr);
	if (view_borrow(view, space, vaddr, size))
		return true;
	view->owned = malloc(size);
	if (!view->owned)
		return out_of_memory(err);
	if (!space_read(space, vaddr, view->owned, size, err)) {
		view_close(view);
		return false;
	}
	view->bytes = (struct bytes){ view->owned, size };
	return true;
}

bool view_open_to_search(struct view *view, const struct space *space, uint64_t vaddr,
			 uint64_t size)
{
	bool ok;

	space->dump->nr_searches++;
	ok = view_open(view, space, vaddr, size, NULL);
	space->dump->nr_searches--;
	return ok;
}

/* Is the memory at paddr in the dump? A large page may be in the dump only in part. So *size is
 * reduced to the number of bytes from paddr on for which the answer is the same. */
static bool is_there(struct dump *dump, uint64_t paddr, uint64_t *size)
{
	struct extent extent;

	dump_find_run(dump, paddr, &extent);
	if (extent.last - paddr < *size - 1)
		*size = extent.last - paddr + 1;
	return extent.state <= PAGE_ZERO;
}

uint64_t view_next_run(const struct space *space, enum view_pages pages, uint64_t *vaddr,
		       uint64_t last)
{
	uint64_t nr = 0, size = 0;

	/* *vaddr moves beyond last, and must not overflow then. */
	if (last == UINT64_MAX)
		last--;
	while (*vaddr <= last && !listener_stops_at(space->dump->listener, ++nr)) {
		struct walk walk = walk_page_table(space, *vaddr);
		uint64_t page_first, page_last, rest;
		bool there;

		walk_range(space, &walk, &page_first, &page_last);
		rest = (page_last < last ? page_last : last) - *vaddr + 1;
		there = walk.outcome == WALK_MAPPED &&
			(pages == PAGES_ALL || (!walk.writable && !walk.executable)) &&
			is_there(space->dump, walk.paddr, &rest);
		if (size && (!there || size + rest > LARGEST_VIEW))
			break;
		if (there)
			size += rest;
		*vaddr += rest;
	}
	return size;
}
