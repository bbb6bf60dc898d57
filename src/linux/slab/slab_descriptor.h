/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The slabs of SLAB until 3.12, which are not compound pages. A struct slab describes each slab. It
 * is in the first page of the slab, or is an object of another cache. Each struct page of the slab
 * points to the struct slab and to the cache. In 3.13 (8456a648cf44) struct page replaced struct
 * slab. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Does this kernel have such slabs? They are recognised by the members of struct slab. */
bool slab_has_descriptors(struct kernel *kernel);

/* Reads the addresses of the struct kmem_cache and the struct slab from the struct page of a frame,
 * without checking them. Returns false if the page is not marked as part of a slab, or cannot be
 * read. */
bool slab_descriptor_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *address);

struct slab_descriptor {
	uint64_t start; /* virtual address of the slab's first page */
	uint64_t objects; /* virtual address of the object with index 0 */
	uint64_t in_use; /* number of objects that are not in the chain of free objects */
	/* The chain of free objects: first is the index of its first object, and the index end ends
	 * the chain. */
	uint64_t first, end;
	uint64_t next; /* virtual address of an array: for each object, the index of the next one */
	unsigned int number_size; /* size of an index in bytes: 2 or 4 */
};

/* Reads the struct slab at address. Checks only that start is the start of a page, and that it is
 * not above objects. Returns false if the struct cannot be read, or if the check fails. */
bool slab_descriptor_read(struct kernel *kernel, uint64_t address, struct slab_descriptor *slab);
