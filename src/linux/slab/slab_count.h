/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The slabs and objects of a cache, as in /proc/slabinfo: get_slabinfo() of mm/slub.c;
 * of mm/slab.c until 6.7. */
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
	uint64_t per_slab, order; /* valid if has_shape; slabs may be smaller if memory was short */
	uint64_t slabs, objects; /* valid if has_slabs */
	/* valid if has_active: objects that are not free in a list of a node. Free objects in a
	 * CPU's list count as active, as in the kernel. */
	uint64_t active;
};

/* A pass over caches, each once. Initially zeroed except kernel and follow. */
struct slab_pass {
	struct kernel *kernel;
	bool follow; /* also follow SLUB's lists of free objects */
	/* Parts of nodes and CPUs that were visited. Each belongs to only one cache, so the time of
	 * a pass depends on the size of memory. */
	struct address_set parts;
	struct address_set slabs; /* slabs whose lists of free objects were followed */
	uint64_t nr_lists, nr_objects; /* numbers of followed lists and objects */
	uint64_t nr_unread; /* number of lists that are not in the dump */
};

/* Cannot fail: numbers that this kernel does not show are unknown. *damage describes a damaged list
 * of slabs or of free objects; code ERROR_NONE: no damage. */
struct slab_count slab_count_of(struct slab_pass *pass, uint64_t cache, struct error *damage);
void slab_pass_release(struct slab_pass *pass);

/* Can lists of free objects be followed in this dump? Not while the machine runs; and not if the
 * dump has only memory that answers use, as free objects are missing then. */
bool slab_has_free_objects(const struct kernel *kernel);
