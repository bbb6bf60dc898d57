/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * SLAB's part of a node: the lists of its slabs, in struct kmem_cache_node, before 3.11 in struct
 * kmem_list3 (ce8eb6c424c7), which a cache of 2.6.11 contains itself.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;
struct links;

/* Finds the pointers of a cache to its parts of the nodes. *array: the virtual address of the
 * first pointer; *nr: their number at most. False: unknown. */
bool slab_node_array(struct kernel *kernel, uint64_t cache, uint64_t *array, uint64_t *nr);

/* In a kernel without parts of nodes: the part that a cache contains itself. False: it has none. */
bool slab_own_lists(struct kernel *kernel, uint64_t cache, uint64_t *node);

struct slab_lists {
	uint64_t slabs, nr_free; /* of all lists; free objects */
};

/* Is a list of slabs damaged? Then *damage names the place. */
bool slab_list_damaged(const struct links *links, struct error *damage);

/* Counts a node's slabs, of per_slab objects each, as get_slabinfo() did before 4.10. False: the
 * form of their links is unknown, or, with *damage, a list is damaged. True with *damage: the
 * node counts another number of free objects. */
bool slab_lists_count(struct kernel *kernel, uint64_t node, uint64_t per_slab,
		      struct slab_lists *lists, struct error *damage);
