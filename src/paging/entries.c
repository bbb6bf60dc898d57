/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "paging/entries.h"

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
