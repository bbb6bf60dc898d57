/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Slabs of SLAB in kernels until 3.12. Such a slab is not a compound page, and is described by a
 * struct slab. The struct is at the start of the slab, or is an object of another cache. Each
 * struct page of the slab points to the struct slab and to the cache. In 3.13 (8456a648cf44) struct
 * page replaced struct slab. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Does this kernel have such slabs? The members of struct slab in its types show this. */
bool slab_has_descriptors(struct kernel *kernel);

/* Reads two pointers from the struct page of a frame: to the struct kmem_cache and to the struct
 * slab. Does not check them. Returns false if the page is not marked as part of a slab, or if it
 * cannot be read. */
bool slab_descriptor_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *address);

struct slab_descriptor {
	uint64_t start; /* virtual address of the slab's first page */
	uint64_t objects; /* virtual address of the object with index 0 */
	uint64_t in_use; /* number of objects in use: those not in the chain of free objects */
	/* The chain of free objects. first: index of the first object in the chain. end: the index
	 * that ends the chain. */
	uint64_t first, end;
	/* Virtual address of an array: element i is the index after object i in the chain. */
	uint64_t next;
	unsigned int number_size; /* size of an element of this array in bytes: 2 or 4 */
};

/* Reads the struct slab at `address`. Returns false if the struct cannot be read, if slab->start is
 * not the start of a page, or if slab->start > slab->objects. Does not check anything else. */
bool slab_descriptor_read(struct kernel *kernel, uint64_t address, struct slab_descriptor *slab);
