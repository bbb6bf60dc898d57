/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The slabs of SLAB until 3.12, which are no compound pages: a struct slab, in the first
 * page of each slab or in a cache of its own, describes it, and every struct page of it
 * names this and the cache. 8456a648cf44 made it the struct page in 3.13.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Does this kernel have such slabs? By the members of its struct slab. */
bool slab_has_descriptors(struct kernel *kernel);

/* The struct kmem_cache and the struct slab that the struct page of a frame names: any
 * addresses. False: it is not marked as one of a slab, or cannot be read. */
bool slab_descriptor_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *address);

struct slab_descriptor {
	uint64_t start; /* virtual address of the slab's first page */
	uint64_t objects; /* of the object with index 0, from start on */
	uint64_t in_use; /* objects that are not in the chain of free ones */
	/* The chain of free objects: the index of the first, and an array of numbers that
	 * says for each which is next. Ends with end. */
	uint64_t first, end;
	uint64_t next; /* virtual address of the array */
	unsigned int number_size; /* bytes of a number: 2 or 4 */
};

/* What the struct slab at address says, but for this: start is the start of a page, and
 * objects are not below it. False: it cannot be read, or says otherwise. */
bool slab_descriptor_read(struct kernel *kernel, uint64_t address, struct slab_descriptor *slab);
