/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Checks SLUB's lists of free objects for damage. Only for slab_count.c. */
#pragma once

#include <stdint.h>

#include "base/error.h"

struct slab_pass;

/* Follows the list of free objects of a slab that is in a list of the cache. slab is the address of
 * the struct page or struct slab. nr_free is the expected number of objects in the list. Fills
 * damage, unless damage is already set. */
void slab_free_check(struct slab_pass *pass, uint64_t cache, uint64_t slab, uint64_t nr_free,
		     struct error *damage);

/* Like slab_free_check(), for the slabs from which CPUs allocate, and for the slabs that CPUs
 * keep. */
void slab_free_check_cpus(struct slab_pass *pass, uint64_t cache, struct error *damage);
