/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/slab/slab_count.h"

#include <inttypes.h>

#include "dump/dump.h"
#include "linux/page_members.h"
#include "linux/page/page.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_free.h"
#include "linux/slab/slab_lists.h"
#include "kernel/kernel.h"
#include "kernel/links.h"

enum { MOST_SLABS = 1 << 24, ORDER_SHIFT = 16 /* OO_SHIFT */ };

/* Returns the list_head that links slabs. It is in struct slab, or in struct page as slab_list
 * since 5.3 (916ac0527837) and as lru in older kernels. */
static const struct member *slab_list(struct kernel *kernel)
{
	static const unsigned int ids[] = { SLAB_LIST, PAGE_SLAB_LIST, PAGE_LRU };
	const struct member *list = NULL;

	for (size_t i = 0; !list && i < sizeof(ids) / sizeof(ids[0]); i++)
		list = kernel_member_as(kernel, ids[i], MEMBER_LINKS, NULL);
	return list;
}

/* The state of counting one cache. */
struct counting {
	struct slab_pass *pass;
	struct kernel *kernel;
	struct slab_count *count;
	uint64_t nr_free;
	struct error *damage;
};

/* Adds the free objects in the partly used slabs of a node. */
static bool add_free(struct counting *counting, uint64_t node)
{
	struct kernel *kernel = counting->kernel;
	struct error *damage = counting->damage;
	const struct member *partial = kernel_member_as(kernel, NODE_PARTIAL, MEMBER_LINKS, NULL);
	const struct member *list = slab_list(kernel);
	uint64_t slab, inuse, objects;
	struct links links;

	if (!partial || !list)
		return false;
	links = links_from(kernel, node + partial->offset, list->offset, NULL, MOST_SLABS);
	while (links_next(&links, &slab)) {
		if (!slab_read_either(kernel, slab, SLAB_INUSE, PAGE_INUSE, &inuse) ||
		    !slab_read_either(kernel, slab, SLAB_OBJECTS, PAGE_OBJECTS, &objects))
			return false;
		objects &= 0x7fff; /* the number has 15 bits; bit 15 is "frozen" */
		inuse &= 0xffff;
		inuse = objects > inuse ? objects - inuse : 0;
		counting->nr_free += inuse;
		if (counting->pass->follow)
			slab_free_check(counting->pass, counting->count->address, slab, inuse,
					damage);
	}
	return !slab_list_damaged(&links, damage) && damage->code == ERROR_NONE;
}

static bool add_slub_node(struct counting *counting, uint64_t node)
{
	struct kernel *kernel = counting->kernel;
	struct slab_count *count = counting->count;
	uint64_t slabs, objects;

	if (!kernel_read_member(kernel, node, NODE_NR_SLABS, &slabs, NULL) ||
	    !kernel_read_member(kernel, node, NODE_OBJECTS, &objects, NULL))
		return false;
	count->slabs += slabs;
	count->objects += objects;
	count->has_active = add_free(counting, node) && count->has_active;
	return true;
}

/* Adds the slabs and objects of a node of SLAB. Since 4.10 the node contains the number of slabs.
 * In older kernels the slabs in its lists are counted. */
static bool add_slab_node(struct counting *counting, uint64_t node)
{
	struct kernel *kernel = counting->kernel;
	struct slab_count *count = counting->count;
	struct slab_lists lists;

	if (!kernel_member(kernel, NODE_TOTAL_SLABS, NULL)) {
		if (!count->has_shape ||
		    !slab_lists_count(kernel, node, count->per_slab, &lists, counting->damage))
			return false;
	} else if (!kernel_read_member(kernel, node, NODE_TOTAL_SLABS, &lists.slabs, NULL) ||
		   !kernel_read_member(kernel, node, NODE_FREE_OBJECTS, &lists.nr_free, NULL)) {
		return false;
	}
	count->slabs += lists.slabs;
	count->objects += lists.slabs * count->per_slab;
	counting->nr_free += lists.nr_free;
	return true;
}

/* Finds the address of the pointer from a cache to its data for a node. The cache contains an array
 * of such pointers. Since 7.1 it is an array of structs that contain the pointer. The array has an
 * element for each node that the kernel uses, even if the type of the array has a larger length. */
static bool node_pointer(struct kernel *kernel, uint64_t cache, uint64_t node, uint64_t *address)
{
	const struct member *pairs, *within;
	uint64_t size, nr;

	if (slab_node_array(kernel, cache, address, &nr)) {
		*address += node * kernel_pointer_size(kernel);
		return node < nr;
	}
	pairs = kernel_member(kernel, CACHE_PER_NODE, NULL);
	within = kernel_member_as(kernel, PER_NODE_NODE, MEMBER_POINTER, NULL);
	if (!pairs || !within || !kernel_type_size(kernel, "kmem_cache_per_node_ptrs", &size) ||
	    !size)
		return false;
	*address = cache + pairs->offset + node * size + within->offset;
	return node < pairs->size / size;
}

static bool add_node(struct counting *counting, uint64_t node)
{
	if (address_set_add(&counting->pass->parts, node) == ADDRESS_SEEN)
		return fail(counting->damage, ERROR_FORMAT,
			    "the lists of slabs at %" PRIx64
			    " also belong to another cache or node",
			    node);
	return add_slub_node(counting, node) || add_slab_node(counting, node);
}

static bool count_nodes(struct counting *counting)
{
	struct kernel *kernel = counting->kernel;
	uint64_t cache = counting->count->address;
	uint64_t next = 0, pgdat, at, node;
	bool any = false;

	if (slab_own_lists(kernel, cache, &node))
		return add_slab_node(counting, node);
	while (page_next_node(kernel, &next, &pgdat)) {
		if (!node_pointer(kernel, cache, next - 1, &at) ||
		    !kernel_read_pointer(kernel, at, &node, counting->damage) ||
		    (node && !add_node(counting, node)))
			return false;
		any = true;
	}
	return any;
}

static void count_slabs(struct slab_pass *pass, struct slab_count *count, struct error *damage)
{
	struct counting counting = {
		.pass = pass,
		.kernel = pass->kernel,
		.count = count,
		.damage = damage,
	};
	uint64_t in_arrays = 0;

	count->has_active = true;
	count->has_slabs = count_nodes(&counting);
	if (!damage->code && !(count->has_slabs && count->has_active))
		pass->nr_unread++;
	pass->nr_kept = 0;
	/* The lists of CPUs change too fast to be read in a running machine. */
	if (!pass->kernel->dump->format->running)
		count->has_allocated = slab_free_check_cpus(pass, count->address, damage);
	count->has_active =
		count->has_active && count->has_slabs && counting.nr_free <= count->objects;
	count->active = count->objects - counting.nr_free;
	count->has_allocated = count->has_allocated && count->has_active &&
			       slab_count_arrays(pass->kernel, count->address, &in_arrays) &&
			       in_arrays <= count->active &&
			       pass->nr_kept <= count->active - in_arrays;
	count->allocated = count->active - in_arrays - pass->nr_kept;
}

struct slab_count slab_count_of(struct slab_pass *pass, uint64_t cache, struct error *damage)
{
	struct kernel *kernel = pass->kernel;
	struct slab_count count = { .address = cache };
	uint64_t word;

	damage->code = ERROR_NONE;
	slab_cache_name(kernel, cache, count.name, sizeof(count.name), damage);
	if (!kernel_read_member(kernel, cache, CACHE_SIZE, &count.size, NULL))
		count.size = 0;
	if (kernel_read_member(kernel, cache, CACHE_ORDER, &word, NULL)) {
		count.per_slab = word & ((1 << ORDER_SHIFT) - 1);
		count.order = word >> ORDER_SHIFT;
		count.has_shape = true;
	} else if (kernel_read_member(kernel, cache, CACHE_NUM, &count.per_slab, NULL) &&
		   kernel_read_member(kernel, cache, CACHE_GFPORDER, &count.order, NULL)) {
		count.has_shape = true;
	}
	count_slabs(pass, &count, damage);
	return count;
}

bool slab_has_free_objects(const struct kernel *kernel)
{
	const struct dump *dump = kernel->dump;

	return !dump->format->running && !dump->format->note_read && !dump_is_reduced(dump);
}

void slab_pass_release(struct slab_pass *pass)
{
	address_set_release(&pass->parts);
	address_set_release(&pass->slabs);
}
