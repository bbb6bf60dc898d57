/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Arrays that grow by doubling. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Appends an item of size bytes to an array of *nr items with room for *room. array:
 * address of the pointer to the items, which the caller owns. False: out of memory,
 * nothing changed. */
static inline bool array_add(void *array, size_t *nr, size_t *room,
			     const void *item, size_t size)
{
	size_t more = *room ? 2 * *room : 64;
	char *items;

	memcpy(&items, array, sizeof(items));
	if (*nr == *room) {
		items = reallocarray(items, more, size);
		if (!items)
			return false;
		memcpy(array, &items, sizeof(items));
		*room = more;
	}
	memcpy(items + (*nr)++ * size, item, size);
	return true;
}
