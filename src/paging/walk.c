/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "paging/walk.h"

void walk_range(const struct space *space, const struct walk *walk, uint64_t *first, uint64_t *last)
{
	const struct paging *paging = space->paging;
	uint64_t half = UINT64_C(1) << (paging->address_bits - 1);

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
