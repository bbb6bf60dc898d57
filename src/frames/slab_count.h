/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The slabs and objects of a cache, as in /proc/slabinfo: get_slabinfo() of mm/slub.c;
 * of mm/slab.c until 6.7. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

struct slab_count {
	char name[64]; /* "" if unknown */
	uint64_t address;
	uint64_t size; /* bytes from one object to the next; 0: unknown */
	bool has_shape, has_slabs, has_active;
	uint64_t per_slab,
		order; /* has_shape; the slabs may be smaller if memory was short */
	uint64_t slabs, objects; /* has_slabs */
	/* has_active: objects but those that are free in a list of the nodes; free ones in
	 * a CPU's list count, as for the kernel. */
	uint64_t active;
};

/* Cannot fail: what this kernel does not tell is unknown. *damage says where a list of
 * slabs is damaged; its code is ERROR_NONE otherwise. */
struct slab_count kernel_slab_count(struct kernel *kernel, uint64_t cache,
				    struct error *damage);
