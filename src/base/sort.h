/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Sorting that the listener can stop, because sorting millions of items takes seconds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/listener.h"

/* Sorts like qsort(). Returns false if the listener stopped the work, or if memory ran out. The
 * array then still contains all items, but in an undefined order. listener may be NULL. */
bool sort_items(void *items, size_t nr, size_t size,
		int (*compare)(const void *one, const void *two), const struct listener *listener);
