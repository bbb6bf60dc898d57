/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the slab allocators (mm/slub.c; mm/slab.c until 6.7): the cache, and
 * the object that an address lies in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address_set.h"

struct kernel;

/* All caches of the kernel's list, read on first use. */
struct slab_caches {
	bool tried;
	struct address_set address;
};

struct slab_place {
	char cache[64];      /* its name, printable */
	uint64_t address;    /* of its struct kmem_cache */
	uint64_t slab;       /* virtual address of the first page */
	bool has_object;     /* not where the slab's rest is too small for one */
	uint64_t object;     /* where it begins */
	uint64_t index, size;
};

/*
 * vaddr lies in the direct map, at paddr. False where the page is no slab's: its
 * flag or type must say so, and its cache must be one of the kernel's list.
 */
bool kernel_slab_at(struct kernel *kernel, uint64_t vaddr, uint64_t paddr,
		    struct slab_place *place);
void slab_caches_release(struct slab_caches *caches);
