/* SPDX-License-Identifier: LGPL-3.0-or-later */
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

/* The index of the first item whose range ends at or above address, or nr if there is none. The
 * items are sorted and disjoint, and have size bytes each. The inclusive end of a range is a
 * uint64_t at offset last_at of the item. items may be NULL if nr is 0. */
static inline size_t ranges_search(const void *items, size_t nr, size_t size, size_t last_at,
				   uint64_t address)
{
	return ARRAY_SEARCH(i, 0, nr, ranges_last(items, i, size, last_at) < address);
}

/* Calls ranges_search() for items with a member "last". */
#define RANGES_SEARCH(items, nr, address)                                                          \
	ranges_search((items), (nr), sizeof(*(items)), offsetof(__typeof__(*(items)), last),       \
		      (address))

/* -1, 0 or 1, as qsort() expects. The operator "?:" can combine the results of several members. */
#define COMPARE(left, right) (((left) > (right)) - ((left) < (right)))

/* A comparison for qsort() of items that begin with a uint64_t, such as the first address of a
 * range. */
static inline int ranges_compare(const void *a, const void *b)
{
	uint64_t left, right;

	memcpy(&left, a, sizeof(left));
	memcpy(&right, b, sizeof(right));
	return COMPARE(left, right);
}
