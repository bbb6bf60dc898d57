/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The slabs of SLAB until 3.12, which are no compound pages: a struct slab, in the first page of
 * each slab or in a cache of its own, describes it, and each struct page of the slab names this
 * struct and the cache. 8456a648cf44 made it the struct page in 3.13.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Does this kernel have such slabs? The members of its struct slab show it. */
bool slab_has_descriptors(struct kernel *kernel);

/* The struct kmem_cache and the struct slab that the struct page of a frame names; the addresses
 * are not checked. False: the page is not marked as a part of a slab, or cannot be read. */
bool slab_descriptor_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *address);

struct slab_descriptor {
	uint64_t start; /* virtual address of the slab's first page */
	uint64_t objects; /* of the object with index 0, from start on */
	uint64_t in_use; /* objects that are not in the chain of free ones */
	/* The chain of free objects: the index of the first, and an array with the index of the
	 * next object for each. It ends with end. */
	uint64_t first, end;
	uint64_t next; /* virtual address of the array */
	unsigned int number_size; /* bytes of a number: 2 or 4 */
};

/* Reads the struct slab at address, and checks only that start is the start of a page and that
 * no object is below it. False: it cannot be read, or the check fails. */
bool slab_descriptor_read(struct kernel *kernel, uint64_t address, struct slab_descriptor *slab);
