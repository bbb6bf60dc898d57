/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whether SLUB's lists of free objects are whole. Private to slab_count.c. */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct slab_pass;

/* Follows the list of a slab, by its struct page or struct slab, that a list of the cache's
 * slabs has; nr_free: how many objects it should have. Fills damage, unless it has one. */
void slab_free_check(struct slab_pass *pass, uint64_t cache, uint64_t slab, uint64_t nr_free,
		     struct error *damage);

/* The same for the slabs that CPUs allocate from, or keep. */
void slab_free_check_cpus(struct slab_pass *pass, uint64_t cache, struct error *damage);
