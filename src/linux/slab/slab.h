/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The slab cache and object at an address: mm/slub.c; mm/slab.c until 6.7. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

struct slab_place {
	char cache[64]; /* name of the cache, printable */
	uint64_t address; /* address of the struct kmem_cache */
	uint64_t slab; /* virtual address of the first page */
	bool has_object; /* false in the unused rest of the slab, or if unknown */
	uint64_t object; /* virtual address of the object */
	uint64_t index; /* index of the object in the slab */
	uint64_t size; /* bytes from one object to the next */
	uint64_t pad; /* bytes of debugging data before each object */
	uint64_t page; /* virtual address of the struct page of the first page */
	uint64_t start; /* address of the object with index 0 */
	uint64_t objects; /* number of objects in the slab */
	uint64_t descriptor; /* address of the struct slab, with SLAB until 3.12; 0: none */
};

/* vaddr is in the direct map, at paddr. False unless flags or type of the page show a slab, and
 * slab_each_cache() visits its cache. */
bool slab_at(struct kernel *kernel, uint64_t vaddr, uint64_t paddr, struct slab_place *place);

/* The slab cache named in the struct page of a frame; *last: the last frame of its slab, or of the
 * known part of the slab. False: the struct page names no cache in slab_caches. */
bool slab_cache_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *last);

/* The name of a struct kmem_cache, printable, cut to size bytes with the final NUL. False: the name
 * cannot be read, and is ""; err, which may be NULL, is set if the member is the reason. */
bool slab_cache_name(struct kernel *kernel, uint64_t cache, char *name, size_t size,
		     struct error *err);

/* Calls visit with the address of each struct kmem_cache, in the order of the
 * kernel's list, until it returns false. False with err: the list is unknown, or damaged. */
bool slab_each_cache(struct kernel *kernel, bool (*visit)(uint64_t cache, void *arg), void *arg,
		     struct error *err);

enum slab_state {
	SLAB_STATE_UNKNOWN,
	SLAB_STATE_ALLOCATED,
	SLAB_STATE_FREE, /* free, including freed and kept for the next allocation */
};

struct slab_object {
	enum slab_state state;
	bool has_cpu; /* free, and in a list of this CPU */
	unsigned int cpu;
	struct error why; /* with SLAB_STATE_UNKNOWN: why */
};

/* Is the object of a place in use? Reads every list that a free object may be in (slab_arrays.c).
 * Unknown if a list is damaged or has an unknown form. */
void slab_object_at(struct kernel *kernel, const struct slab_place *place,
		    struct slab_object *object);

/* For slab_state.c: reads a member of struct slab, or its predecessor in struct page. */
bool slab_read_either(struct kernel *kernel, uint64_t page, unsigned int slab, unsigned int older,
		      uint64_t *value);
