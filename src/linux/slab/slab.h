/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the slab cache and the object at an address: mm/slub.c, and mm/slab.c until 6.7. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

struct slab_place {
	char cache[64]; /* printable name of the cache */
	unsigned int sharers; /* see slab_cache_sharers() */
	uint64_t address; /* address of the struct kmem_cache */
	uint64_t slab; /* virtual address of the slab's first page */
	bool has_object; /* false: vaddr is in no object of the slab, or the object is unknown */
	uint64_t object; /* virtual address of the object */
	uint64_t index; /* index of the object in the slab */
	uint64_t size; /* bytes from the start of an object to the start of the next */
	uint64_t bytes; /* size of an object without debugging data after it; 0: unknown */
	uint64_t pad; /* number of bytes of debugging data before each object */
	uint64_t page; /* virtual address of the struct page of the slab's first page */
	uint64_t start; /* address of the object with index 0 */
	uint64_t objects; /* number of objects in the slab */
	uint64_t descriptor; /* SLAB until 3.12: address of the struct slab; 0: none */
};

/* Finds the slab that contains vaddr. vaddr must be in the direct map, and must be mapped to paddr.
 * Returns true only if the flags or the type of the page show a slab, and if slab_each_cache()
 * visits the slab's cache. */
bool slab_at(struct kernel *kernel, uint64_t vaddr, uint64_t paddr, struct slab_place *place);

/* Finds the slab cache to which the struct page of a frame points. Sets *last to the last frame
 * that is known to belong to the slab. Returns false if the struct page does not point to a cache
 * in the kernel's list. */
bool slab_cache_of(struct kernel *kernel, uint64_t pfn, uint64_t *cache, uint64_t *last);

/* Reads the name of a struct kmem_cache. Replaces characters that cannot be printed. Writes at most
 * `size` bytes, including the NUL. If the name cannot be read, returns false and sets name to "".
 * err may be NULL. It is set if types lack the member. */
bool slab_cache_name(struct kernel *kernel, uint64_t cache, char *name, size_t size,
		     struct error *err);

/* Returns the number of caches that share this struct kmem_cache, which has the name of the first of
 * them: __kmem_cache_alias() of mm/slab_common.c counts them. Returns 1 if it is unknown. */
unsigned int slab_cache_sharers(struct kernel *kernel, uint64_t cache);

/* Calls visit with the address of each struct kmem_cache in the order of the kernel's list, until
 * visit returns false. Returns false and sets err if the list is unknown or damaged. */
bool slab_each_cache(struct kernel *kernel, bool (*visit)(uint64_t cache, void *arg), void *arg,
		     struct error *err);

enum slab_state {
	SLAB_STATE_UNKNOWN,
	SLAB_STATE_ALLOCATED,
	SLAB_STATE_FREE, /* free; perhaps a CPU or node keeps the object for the next allocation */
};

struct slab_object {
	enum slab_state state;
	bool has_cpu; /* the object is in a list of free objects of the CPU `cpu` */
	unsigned int cpu;
	struct error why; /* reason for SLAB_STATE_UNKNOWN */
};

/* Finds out whether an object is in use. Reads every list that may contain the object if it is free
 * (slab_count.c). If a list is damaged or has an unknown form, the state is unknown. */
void slab_object_at(struct kernel *kernel, const struct slab_place *place,
		    struct slab_object *object);

/* For the other files in this folder: reads a member of struct slab, or the older member of struct
 * page. slab, older: ids of these members. */
bool slab_read_either(struct kernel *kernel, uint64_t page, unsigned int slab, unsigned int older,
		      uint64_t *value);

/* Slabs of SLAB in kernels until 3.12. Such a slab is not a compound page, and is described by a
 * struct slab. The struct is at the start of the slab, or is an object of another cache. Each
 * struct page of the slab points to the struct slab and to the cache. In 3.13 (8456a648cf44) struct
 * page replaced struct slab. */

/* Does this kernel have such slabs? The members of struct slab in its types show this. */
bool slab_has_descriptors(struct kernel *kernel);

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
