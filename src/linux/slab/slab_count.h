/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Counts the slabs and objects of a cache, like /proc/slabinfo: get_slabinfo() in mm/slub.c, and in
 * mm/slab.c until 6.7. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address_set.h"
#include "base/error.h"

struct kernel;

struct slab_count {
	char name[64]; /* "": unknown */
	uint64_t address;
	uint64_t size; /* bytes from one object to the next; 0: unknown */
	bool has_shape, has_slabs, has_active, has_allocated;
	uint64_t per_slab, order; /* largest values; valid if has_shape */
	uint64_t slabs, objects; /* valid if has_slabs */
	/* Valid if has_active: number of objects that are not free. As in the kernel, a free object
	 * in a list of a CPU counts as active. */
	uint64_t active;
	/* Valid if has_allocated: number of objects that are allocated. An object in a list of a
	 * CPU, or in a sheaf, is free. */
	uint64_t allocated;
};

/* A pass over caches, which counts each cache once. Set kernel and follow, and zero all other
 * members, before the first call. */
struct slab_pass {
	struct kernel *kernel;
	bool follow; /* also check SLUB's lists of free objects in the slabs of nodes */
	/* Addresses of the data for nodes and CPUs that were read. These data belong to only one
	 * cache, so finding the same data again shows damage. Because of this check, a pass does
	 * not take longer than reading all memory once. */
	struct address_set parts;
	struct address_set slabs; /* slabs whose lists of free objects were followed */
	uint64_t nr_lists, nr_objects; /* numbers of lists and objects that were followed */
	uint64_t nr_unread; /* number of lists that are not in the dump */
	uint64_t nr_kept; /* number of objects in the lists that were followed for one cache */
};

/* Counts the objects of a cache. Cannot fail: numbers that this kernel does not have are unknown.
 * If a list of slabs or of free objects is damaged, *damage describes the damage. If not,
 * damage->code is ERROR_NONE. */
struct slab_count slab_count_of(struct slab_pass *pass, uint64_t cache, struct error *damage);
void slab_pass_release(struct slab_pass *pass);

/* Does this dump contain all free objects, so that lists of free objects can be followed? Returns
 * false for a running machine, and for a dump that the command "extract" has reduced to the memory
 * that answers need. */
bool slab_has_free_objects(const struct kernel *kernel);
