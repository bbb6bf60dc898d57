/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* For slab_count.c: checks SLUB's lists of free objects for damage. */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct slab_pass;

/* Follows the list of free objects of a slab. The slab is in a list of the cache. slab: address of
 * the struct page or struct slab. nr_free: expected number of objects in the list. Sets *damage if
 * the list is damaged, unless earlier damage is stored there. */
void slab_free_check(struct slab_pass *pass, uint64_t cache, uint64_t slab, uint64_t nr_free,
		     struct error *damage);

/* Like slab_free_check(), for the slabs from which CPUs allocate, and for the slabs that CPUs keep.
 * Returns true if all these lists were read and none is damaged, or if the kernel has none: then
 * pass->nr_kept has grown by the number of their objects. */
bool slab_free_check_cpus(struct slab_pass *pass, uint64_t cache, struct error *damage);
