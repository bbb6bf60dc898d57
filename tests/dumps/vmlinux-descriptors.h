/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The structs of SLAB until 3.12, when each slab had a struct slab. For vmlinux-memory.c.
 * -DDESCRIPTORS=2611, 2618 or 3006 chooses the release. Members that kwalk does not read are left
 * out.
 */
#if DESCRIPTORS == 2611
typedef unsigned short kmem_bufctl_t; /* the type on i386 */
#else
typedef unsigned int kmem_bufctl_t;
#endif

struct array_cache {
	unsigned int avail, limit;
#if DESCRIPTORS > 2611
	void *entry[0];
#endif
};

struct slab {
	struct list_head list;
	unsigned long colouroff;
	void *s_mem;
	unsigned int inuse;
	kmem_bufctl_t free;
	unsigned short nodeid;
};

struct kmem_list3 {
	struct list_head slabs_partial, slabs_full, slabs_free;
	unsigned long free_objects;
	struct array_cache *shared;
#if DESCRIPTORS > 2611
	struct array_cache **alien;
#endif
};

#if DESCRIPTORS == 2611
struct kmem_cache_s {
	struct array_cache *array[2];
	struct kmem_list3 lists;
	unsigned int objsize, num, gfporder;
	int dbghead;
	const char *name;
	struct list_head next;
	void (*ctor)(void *object);
};
#elif DESCRIPTORS == 2618
struct kmem_cache {
	struct array_cache *array[2];
	unsigned int buffer_size;
	struct kmem_list3 *nodelists[2];
	unsigned int num, gfporder;
	const char *name;
	struct list_head next;
	void (*ctor)(void *object);
};
#else
struct kmem_cache {
	unsigned int size, num, gfporder;
	const char *name;
	struct list_head list;
	void (*ctor)(void *object);
	struct kmem_list3 **nodelists;
	struct array_cache *array[2];
};
#endif

struct slab unused_slab;
struct kmem_list3 unused_list3;
