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
	char name[64]; /* "" if unknown */
	uint64_t address;
	uint64_t size; /* bytes from one object to the next; 0: unknown */
	bool has_shape, has_slabs, has_active;
	uint64_t per_slab, order; /* has_shape; the slabs may be smaller if memory was short */
	uint64_t slabs, objects; /* has_slabs */
	/* has_active: objects without free ones in a list of a node. Free objects in a CPU's
	 * list count as active, as in the kernel. */
	uint64_t active;
};

/* A pass over caches, each once: zeroed at first but for kernel and follow. */
struct slab_pass {
	struct kernel *kernel;
	bool follow; /* SLUB's lists of free objects, too */
	/* Parts of nodes and CPUs that were visited. Each belongs to one cache only, so the time
	 * of a pass is bounded by the size of memory. */
	struct address_set parts;
	struct address_set slabs; /* whose lists of free objects were followed */
	uint64_t nr_lists, nr_objects; /* that were followed */
	uint64_t nr_unread; /* lists that could not be, as they are not in the dump */
};

/* Cannot fail: numbers that this kernel does not show are unknown. *damage describes a damaged
 * list of slabs or of free objects; its code is ERROR_NONE otherwise. */
struct slab_count slab_count_of(struct slab_pass *pass, uint64_t cache, struct error *damage);
void slab_pass_release(struct slab_pass *pass);

/* Can lists of free objects be followed in this dump? Not while the machine runs; and not if the
 * dump has only memory that answers read, as free objects are missing then. */
bool slab_has_free_objects(const struct kernel *kernel);
