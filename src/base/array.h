/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrays that grow by doubling. */
#pragma once

#include <stddef.h>
#include <stdlib.h>

/*
 * An array of nr items of size bytes, with room for *room, gets room for one more.
 * Returns the array, which may have moved; the caller still owns it. NULL: out of
 * memory, and the array is unchanged.
 */
static inline void *array_grow(void *items, size_t nr, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : 64;

	if (nr < *room)
		return items;
	items = reallocarray(items, more, size);
	if (items)
		*room = more;
	return items;
}
