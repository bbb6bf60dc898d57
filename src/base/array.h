/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Arrays that grow by doubling, and binary search in sorted ones. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Appends nr_more items of size bytes to an array of *nr items with room for *room. array:
 * address of the pointer to the items, which the caller owns. False: out of memory,
 * nothing changed. */
static inline bool array_add_all(void *array, size_t *nr, size_t *room, const void *more,
				 size_t nr_more, size_t size)
{
	size_t larger = *room ? 2 * *room : 64;
	char *items;

	if (!nr_more)
		return true;
	memcpy(&items, array, sizeof(items));
	if (nr_more > *room - *nr) {
		while (nr_more > larger - *nr)
			if (__builtin_mul_overflow(larger, 2, &larger))
				return false;
		items = reallocarray(items, larger, size);
		if (!items)
			return false;
		memcpy(array, &items, sizeof(items));
		*room = larger;
	}
	memcpy(items + *nr * size, more, nr_more * size);
	*nr += nr_more;
	return true;
}

/* The same for one item. */
static inline bool array_add(void *array, size_t *nr, size_t *room, const void *item, size_t size)
{
	return array_add_all(array, nr, room, item, 1, size);
}

/* The first index i from start up to end, exclusive, for which is_before is false; end if
 * there is none. is_before is an expression of i, true up to some index and false from there. */
#define ARRAY_SEARCH(i, start, end, is_before)                                                     \
	__extension__({                                                                            \
		__typeof__((start) + (end)) low_ = (start), high_ = (end);                         \
		while (low_ < high_) {                                                             \
			__typeof__(low_) i = low_ + (high_ - low_) / 2;                            \
			if (is_before)                                                             \
				low_ = i + 1;                                                      \
			else                                                                       \
				high_ = i;                                                         \
		}                                                                                  \
		low_;                                                                              \
	})
