/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Binary search in sorted arrays of ranges. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"

static inline uint64_t ranges_last(const void *items, size_t i, size_t size, size_t last_at)
{
	uint64_t last;

	memcpy(&last, (const char *)items + i * size + last_at, sizeof(last));
	return last;
}

/* Returns the index of the first item whose range ends at or above address, or nr if there is no
 * such item. The items must be sorted and disjoint, and have size bytes each. The item must have
 * the inclusive end of its range, a uint64_t, at offset last_at. `items` may be NULL if nr is 0. */
static inline size_t ranges_search(const void *items, size_t nr, size_t size, size_t last_at,
				   uint64_t address)
{
	return ARRAY_SEARCH(i, 0, nr, ranges_last(items, i, size, last_at) < address);
}

/* Calls ranges_search() for items that have the end of the range in a member "last". */
#define RANGES_SEARCH(items, nr, address)                                                          \
	ranges_search((items), (nr), sizeof(*(items)), offsetof(__typeof__(*(items)), last),       \
		      (address))

/* Compares two values for qsort(): the result is -1, 0 or 1. To compare several members, combine
 * the results with the operator "?:". */
#define COMPARE(left, right) (((left) > (right)) - ((left) < (right)))

/* Compares two items for qsort(). The items must begin with a uint64_t, for example the first
 * address of a range. */
static inline int ranges_compare(const void *a, const void *b)
{
	uint64_t left, right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return COMPARE(left, right);
}
