/* SPDX-License-Identifier: LGPL-3.0-or-later */
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
	bool has_shape, has_slabs, has_active;
	uint64_t per_slab, order; /* valid if has_shape; a slab is smaller if memory was short */
	uint64_t slabs, objects; /* valid if has_slabs */
	/* Valid if has_active: number of objects that are not free in the slabs of a node. As in
	 * the kernel, free objects in a list of a CPU count as active. */
	uint64_t active;
};

/* A pass over caches, which visits each cache once. Must be zeroed at first, except kernel and
 * follow. */
struct slab_pass {
	struct kernel *kernel;
	bool follow; /* also follow SLUB's lists of free objects */
	/* Addresses of the data for nodes and CPUs that were visited. They belong to only one cache
	 * each, so the time of a pass is limited by the size of memory. */
	struct address_set parts;
	struct address_set slabs; /* slabs whose lists of free objects were followed */
	uint64_t nr_lists, nr_objects; /* numbers of lists and objects that were followed */
	uint64_t nr_unread; /* number of lists that are not in the dump */
};

/* Counts the objects of a cache. Cannot fail; numbers that this kernel does not show are unknown.
 * If a list of slabs or of free objects is damaged, *damage describes it; otherwise damage->code is
 * ERROR_NONE. */
struct slab_count slab_count_of(struct slab_pass *pass, uint64_t cache, struct error *damage);
void slab_pass_release(struct slab_pass *pass);

/* Can lists of free objects be followed in this dump? They cannot if the machine is running, or if
 * the dump lacks memory that answers do not need, because free objects are missing then. */
bool slab_has_free_objects(const struct kernel *kernel);
