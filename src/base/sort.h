/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sorting that can be stopped: millions of items take seconds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/listener.h"

/* Sorts like qsort(). False: stopped by the listener, which may be NULL, or out of memory: all
 * items are still there, in any order. */
bool sort_items(void *items, size_t nr, size_t size,
		int (*compare)(const void *one, const void *two), const struct listener *listener);
