/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Checks whether SLUB's lists of free objects are undamaged. Only for slab_count.c. */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct slab_pass;

/* Follows the free objects of a slab in a list of the cache. The slab is given by its struct page
 * or struct slab. nr_free: expected number of objects in its list. Fills damage, unless it is
 * already set. */
void slab_free_check(struct slab_pass *pass, uint64_t cache, uint64_t slab, uint64_t nr_free,
		     struct error *damage);

/* The same for the slabs that CPUs allocate from, or keep. */
void slab_free_check_cpus(struct slab_pass *pass, uint64_t cache, struct error *damage);
