/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* SLAB's data for a node: the lists of its slabs, in struct kmem_cache_node, before 3.11 in struct
 * kmem_list3 (ce8eb6c424c7), which is part of the cache in 2.6.11. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct links;

/* Finds a cache's array of pointers to its data for nodes. *array: virtual address; *nr: an upper
 * limit of their number. False: unknown. */
bool slab_node_array(struct kernel *kernel, uint64_t cache, uint64_t *array, uint64_t *nr);

/* In a kernel without data for nodes: the lists that are part of the cache. False: there are
 * none. */
bool slab_own_lists(struct kernel *kernel, uint64_t cache, uint64_t *node);

struct slab_lists {
	uint64_t slabs, nr_free; /* slabs in all lists; free objects */
};

/* Is a list of slabs damaged? Then *damage has the place. */
bool slab_list_damaged(const struct links *links, struct error *damage);

/* Counts a node's slabs, of per_slab objects each, like get_slabinfo() before 4.10. False: the form
 * of their links is unknown; or with *damage, a list is damaged. True with *damage: the node's own
 * count of free objects differs. */
bool slab_lists_count(struct kernel *kernel, uint64_t node, uint64_t per_slab,
		      struct slab_lists *lists, struct error *damage);
