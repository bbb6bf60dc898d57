/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "paging/walk.h"

#include <inttypes.h>

#include "paging/entries.h"

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

static bool entries_is_in(enum entry_place place, bool last, bool page)
{
	switch (place) {
	case IN_PAGES: return page;
	case IN_LAST: return last;
	case IN_LARGE: return page && !last;
	case IN_UPPER: return !last;
	default: return true;
	}
}

unsigned int entry_bit_names(const struct paging *paging, unsigned int level, uint64_t entry,
			     const char *names[MOST_ENTRY_BITS])
{
	const struct paging_family *family = paging->family;
	bool last = level + 1u == paging->nr_levels;
	bool page = entry_is_page(family, paging, level, entry);
	unsigned int nr = 0;

	for (const struct entry_bit *at = family->bits; at->name; at++)
		if ((entry & at->bit) && entries_is_in(at->place, last, page))
			names[nr++] = at->name;
	if (family->cache_names && page && (entry & family->present))
		names[nr++] = family->cache_names[entry_cache_index(paging, level, entry)];
	return nr;
}

bool entry_access(const struct paging *paging, const struct walk *walk, char text[ACCESS_TEXT])
{
	const struct paging_family *family = paging->family;
	uint64_t rights = UINT64_MAX;

	if (!family->access)
		return false;
	for (unsigned int i = 0; i < walk->nr_steps; i++) {
		uint64_t entry = walk->step[i].entry;
		enum entry_class class = entry_class(family, paging, i, entry);

		rights &= entry_rights(family, paging, i, class, entry);
	}
	family->access(rights, text);
	return true;
}
