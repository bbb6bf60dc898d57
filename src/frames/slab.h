/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The slab cache and object at an address: mm/slub.c; mm/slab.c until 6.7. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

struct slab_place {
	char cache[64];      /* its name, printable */
	uint64_t address;    /* of its struct kmem_cache */
	uint64_t slab;       /* virtual address of the first page */
	bool has_object;     /* false in the slab's unused rest, or if it is unknown */
	uint64_t object;     /* virtual address of its start */
	uint64_t index;      /* of the object in the slab */
	uint64_t size;       /* bytes from one object to the next */
};

/* vaddr lies in the direct map, at paddr. False unless the flag or type of the page says
 * that it is a slab, and its cache is in slab_caches. */
bool kernel_slab_at(struct kernel *kernel, uint64_t vaddr, uint64_t paddr,
		    struct slab_place *place);
