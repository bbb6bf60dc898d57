/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The data of SLAB for a node, which include lists of slabs. The struct is kmem_cache_node, or
 * kmem_list3 before 3.11 (ce8eb6c424c7). In 2.6.11 the lists are part of the cache. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct links;

/* Finds the array of pointers from a cache to its data for each node. Sets *array to the virtual
 * address of the array, and *nr to an upper limit of its length. Returns false if types lack the
 * array. */
bool slab_node_array(struct kernel *kernel, uint64_t cache, uint64_t *array, uint64_t *nr);

struct slab_lists {
	uint64_t slabs, nr_free; /* numbers of slabs in all lists and of their free objects */
};

/* Did following the list end with damage? If so, sets *damage. */
bool slab_list_damaged(const struct links *links, struct error *damage);

/* Counts the slabs of a node as get_slabinfo() did before 4.10. per_slab: number of objects in each
 * slab. Returns false if the form of the lists is unknown, or if a list is damaged. In the second
 * case, *damage is set. If only the node's count of free objects is wrong, sets *damage and returns
 * true. */
bool slab_lists_count(struct kernel *kernel, uint64_t node, uint64_t per_slab,
		      struct slab_lists *lists, struct error *damage);
