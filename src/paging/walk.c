/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "paging/walk.h"

#include <inttypes.h>

bool walk_trouble(const struct space *space, const struct walk *walk, struct error *err)
{
	unsigned int last = walk_last_level(walk);
	const char *level = space->paging->level[last].name;
	uint64_t at = walk->step[last].entry_paddr;

	if (walk->outcome == WALK_CORRUPT)
		fail(err, ERROR_FORMAT,
		     "the %s entry %" PRIx64 " at %" PRIx64
		     " is corrupt: it has a bit set that must be 0",
		     level, walk->step[last].entry, at);
	else if (walk->outcome == WALK_UNREADABLE)
		fail(err, ERROR_UNREADABLE, "the %s entry at %" PRIx64 " is not in the dump: %s",
		     level, at, page_state_names[walk->reason]);
	else
		return false;
	return true;
}

void walk_range(const struct space *space, const struct walk *walk, uint64_t *first, uint64_t *last)
{
	const struct paging *paging = space->paging;
	uint64_t half = UINT64_C(1) << (paging->address_bits - paging->unused_bits - 1);

	if (walk->outcome != WALK_NON_CANONICAL) {
		*first = walk->vaddr & ~(walk->page_size - 1);
		*last = *first + (walk->page_size - 1);
	} else if (paging->sign_extends) {
		*first = half;
		*last = UINT64_MAX - half;
	} else {
		*first = 2 * half;
		*last = UINT64_MAX;
	}
}

bool walk_on(const struct space *space, struct walk *walk, uint64_t most)
{
	uint64_t first, last;

	walk_range(space, walk, &first, &last);
	if (last >= most)
		return false;
	walk_page_table_to(space, last + 1, walk);
	return true;
}
