/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one binary search over arrays of ranges. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Index of the first of nr items that does not end below address; nr where all
 * do. The items are sorted and disjoint, size bytes each, and have the last
 * address of their range, a uint64_t, at last_at.
 */
static inline size_t ranges_search(const void *items, size_t nr, size_t size,
				   size_t last_at, uint64_t address)
{
	const char *last = (const char *)items + last_at;
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t end;

		memcpy(&end, last + middle * size, sizeof(end));
		if (end < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The same of an array whose items call it "last". */
#define RANGES_SEARCH(items, nr, address)                                     \
	ranges_search((items), (nr), sizeof(*(items)),                        \
		      offsetof(__typeof__(*(items)), last), (address))
