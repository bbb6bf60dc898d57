/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* SLAB's data for a node, with lists of slabs: struct kmem_cache_node, or struct kmem_list3 before
 * 3.11 (ce8eb6c424c7). In 2.6.11 the lists are part of the cache. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct links;

/* Finds the array of a cache with pointers to its data for each node. Sets *array to the virtual
 * address of the array, and *nr to an upper limit of its length. Returns false if unknown. */
bool slab_node_array(struct kernel *kernel, uint64_t cache, uint64_t *array, uint64_t *nr);

/* Finds the lists that are part of the cache itself, in kernels that have no data for nodes.
 * Returns false in other kernels. */
bool slab_own_lists(struct kernel *kernel, uint64_t cache, uint64_t *node);

struct slab_lists {
	uint64_t slabs, nr_free; /* slabs in all lists, and their free objects */
};

/* Is a list of slabs damaged? If so, *damage describes the place. */
bool slab_list_damaged(const struct links *links, struct error *damage);

/* Counts the slabs of a node, as get_slabinfo() did before 4.10. Each slab has per_slab objects.
 * Returns false if the form of the lists is unknown, or if a list is damaged; then *damage is set.
 * If only the node's count of free objects is wrong, sets *damage, but returns true. */
bool slab_lists_count(struct kernel *kernel, uint64_t node, uint64_t per_slab,
		      struct slab_lists *lists, struct error *damage);
