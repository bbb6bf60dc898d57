/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Arrays whose allocated size doubles when they are full, and binary search in sorted arrays. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Adds nr_more new items to an array that has *nr items and space for *room items. An item has size
 * bytes. If the space is not sufficient, it is enlarged. `array` is the address of the pointer to
 * the items, which the caller owns. Returns the address of the first new item. If memory runs out,
 * returns NULL and changes nothing. */
static inline void *array_grow(void *array, size_t *nr, size_t *room, size_t nr_more, size_t size)
{
	size_t larger = *room ? 2 * *room : 64, at = *nr;
	char *items;

	memcpy(&items, array, sizeof(items));
	if (nr_more > *room - at) {
		while (nr_more > larger - at)
			if (__builtin_mul_overflow(larger, 2, &larger))
				return NULL;
		items = reallocarray(items, larger, size);
		if (!items)
			return NULL;
		memcpy(array, &items, sizeof(items));
		*room = larger;
	}
	*nr += nr_more;
	return items + at * size;
}

/* Appends a copy of *item, which has size bytes. Returns false if memory runs out. */
static inline bool array_add(void *array, size_t *nr, size_t *room, const void *item, size_t size)
{
	void *place = array_grow(array, nr, room, 1, size);

	return place && memcpy(place, item, size);
}

/* Appends the size bytes at `bytes` to an array of bytes. Returns false if memory runs out. */
static inline bool array_add_bytes(void *array, size_t *nr, size_t *room, const void *bytes,
				   size_t size)
{
	void *place = size ? array_grow(array, nr, room, size, 1) : NULL;

	return !size || (place && memcpy(place, bytes, size));
}

/* Returns the first index i of [start, end) for which is_before is false, or end if there is no
 * such index. is_before is an expression that uses i. The expression must be true up to some index,
 * and false for all larger indexes. */
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
