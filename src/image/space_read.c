/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "image/space_read.h"

#include <inttypes.h>

static const char *unreadable_text(const struct walk *walk)
{
	switch (walk->outcome) {
	case WALK_NOT_PRESENT:
		return "is not mapped";
	case WALK_CORRUPT:
		return "cannot be translated: an entry has a reserved bit set";
	case WALK_NON_CANONICAL:
		return "is not a canonical address";
	default:
		return "cannot be translated: a page table is not in the dump";
	}
}

bool space_read(const struct space *space, uint64_t vaddr, void *buffer,
		size_t size, struct error *err)
{
	uint8_t *to = buffer;

	while (size) {
		struct walk walk = walk_page_table(space, vaddr);
		uint64_t room = walk.page_size - (vaddr & (walk.page_size - 1));
		size_t part = size < room ? size : (size_t)room;
		enum page_state state;

		if (walk.outcome != WALK_MAPPED)
			return fail(err, ERROR_UNREADABLE, "%" PRIx64 " %s",
				    vaddr, unreadable_text(&walk));
		state = dump_read(space->dump, walk.paddr, to, part);
		if (state != PAGE_PRESENT)
			return fail(err, ERROR_UNREADABLE,
				    "%" PRIx64 " (physical %" PRIx64
				    ") is not in the dump: %s",
				    vaddr, walk.paddr, page_state_names[state]);
		to += part;
		vaddr += part;
		size -= part;
	}
	return true;
}
