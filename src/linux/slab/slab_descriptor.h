/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The slabs of SLAB until 3.12, which are not compound pages. A struct slab, in the first page of
 * each slab or in a separate cache, describes the slab, and each struct page of the slab points to
 * this struct and the cache. In 3.13 (8456a648cf44) the struct page replaced it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Has this kernel such slabs? Decided by the members of its struct slab. */
bool slab_has_descriptors(struct kernel *kernel);

/* The struct kmem_cache and the struct slab named in the struct page of a frame, unchecked. False:
 * the page is not marked as part of a slab, or cannot be read. */
bool slab_descriptor_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *address);

struct slab_descriptor {
	uint64_t start; /* virtual address of the slab's first page */
	uint64_t objects; /* offset from start of the object with index 0 */
	uint64_t in_use; /* number of objects that are not in the chain of free ones */
	/* The chain of free objects: index of the first one, and an array with the index of the
	 * next object for each object. The chain ends with end. */
	uint64_t first, end;
	uint64_t next; /* virtual address of the array */
	unsigned int number_size; /* bytes of an index: 2 or 4 */
};

/* Reads the struct slab at address. Checks only that start is the start of a page, and that no
 * object is below it. False: it cannot be read, or the check fails. */
bool slab_descriptor_read(struct kernel *kernel, uint64_t address, struct slab_descriptor *slab);
