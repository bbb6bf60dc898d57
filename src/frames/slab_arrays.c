/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whether an object is in use, and the free objects of SLAB: mm/slab.c, until 6.7. */
#include "frames/slab_state.h"

#include "kernel/kernel.h"
#include "kernel/members.h"
#include "vmlinux/types.h"

enum { MOST_OBJECTS = 1 << 15 /* of a slab */ };

/* struct array_cache. Its objects are without the debugging data before them. */
static bool in_array_cache(const struct question *question, uint64_t array)
{
	struct kernel *kernel = question->kernel;
	const struct slab_place *place = question->place;
	const struct member *entries =
		kernel_member(kernel, ARRAY_CACHE_ENTRY, NULL);
	uint64_t nr, pad = 0;

	if (!array)
		return false;
	kernel_read_member(kernel, place->address, CACHE_OBJ_OFFSET, &pad,
			   NULL);
	if (entries &&
	    kernel_read_member(kernel, array, ARRAY_CACHE_NR, &nr, NULL))
		return slab_in_array(question, array + entries->offset, nr,
				     place->object - pad);
	slab_is_unknown(question, "an array of free objects cannot be read");
	return false;
}

/* Per-CPU memory since 3.19 (bf0dea23a9c0); before, an array that ends with the nodes. */
static bool in_cpu_arrays(const struct question *question)
{
	struct kernel *kernel = question->kernel;
	uint64_t pointer;

	if (kernel_read_member(kernel, question->place->address,
			       CACHE_CPU_CACHE, &pointer, NULL))
		return slab_each_cpu(question, pointer, in_array_cache);
	slab_is_unknown(question, "what CPUs keep of the cache is not known");
	return false;
}

/* A node's array, and those for objects of other nodes: struct alien_cache since 3.18
 * (c8522a3a5832). Kernels without NUMA have none, or a mark that is no address. */
static bool in_node_arrays(const struct question *question, uint64_t node,
			   uint64_t nr)
{
	struct kernel *kernel = question->kernel;
	const struct member *ac = kernel_member(kernel, ALIEN_CACHE_AC, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t shared, alien, at;

	if (!kernel_read_member(kernel, node, CACHE_NODE_SHARED, &shared,
				NULL)) {
		slab_is_unknown(
			question,
			"what a node keeps of the cache cannot be read");
		return false;
	}
	if (in_array_cache(question, shared))
		return true;
	if (!ac ||
	    !kernel_read_member(kernel, node, CACHE_NODE_ALIEN, &alien, NULL) ||
	    !alien || nr < 2)
		return false;
	for (uint64_t i = 0; i < nr; i++) {
		if (!kernel_read_pointer(question->kernel, alien + i * word,
					 &at, NULL)) {
			slab_is_unknown(
				question,
				"what a node keeps for others cannot be read");
			return false;
		}
		if (at && in_array_cache(question, at + ac->offset))
			return true;
	}
	return false;
}

static bool in_nodes(const struct question *question)
{
	struct kernel *kernel = question->kernel;
	const struct member *nodes = kernel_member(kernel, CACHE_NODE, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t nr = nodes ? slab_nr_nodes(question, nodes->size / word) : 0,
		 node;

	if (!nodes)
		slab_is_unknown(question,
				"where the cache has its nodes is not known");
	for (uint64_t i = 0; i < nr; i++) {
		if (!kernel_read_pointer(question->kernel,
					 question->place->address +
						 nodes->offset + i * word,
					 &node, NULL))
			slab_is_unknown(
				question,
				"the nodes of the cache cannot be read");
		else if (node && in_node_arrays(question, node, nr))
			return true;
	}
	return false;
}

/* The numbers of the free objects are at the end of the array, from the number of
 * objects in use on. */
static bool in_slab_array(const struct question *question)
{
	struct kernel *kernel = question->kernel;
	const struct slab_place *place = question->place;
	struct types *types = kernel_types(kernel);
	uint64_t size, list, active, index;

	if (!types || !types_size(types, "freelist_idx_t", &size) ||
	    (size != 1 && size != 2) || place->objects > MOST_OBJECTS ||
	    !slab_read_either(kernel, place->page, SLAB_FREELIST, PAGE_FREELIST,
			      &list) ||
	    !slab_read_either(kernel, place->page, SLAB_ACTIVE, PAGE_ACTIVE,
			      &active)) {
		slab_is_unknown(
			question,
			"how this kernel notes free objects is not known");
		return false;
	}
	for (uint64_t i = active; i < place->objects; i++) {
		if (!kernel_read_number(kernel, list + i * size, size, &index,
					NULL) ||
		    index >= place->objects) {
			slab_is_unknown(
				question,
				"the slab's list of free objects is damaged");
			return false;
		}
		if (index == place->index)
			return slab_found_free(question);
	}
	return false;
}

void kernel_slab_object(struct kernel *kernel, const struct slab_place *place,
			struct slab_object *object)
{
	const struct question question = { kernel, place, object };

	*object = (struct slab_object){ .state = SLAB_STATE_UNKNOWN };
	if (!kernel_member(kernel, CACHE_NUM, NULL))
		slab_ask_slub(&question);
	else if (!in_slab_array(&question) && !in_cpu_arrays(&question))
		in_nodes(&question);
	if (object->state == SLAB_STATE_FREE)
		return;
	/* KASAN keeps objects that were given back out of all lists for a while: in
	 * kasan_quarantine_put(), mm/kasan/quarantine.c; quarantine_put() before 5.12. */
	if (kernel_has_symbol(kernel, "kasan_quarantine_put") == YES ||
	    kernel_has_symbol(kernel, "quarantine_put") == YES)
		slab_is_unknown(&question, "KASAN's quarantine may hold it");
	if (!object->why.code)
		object->state = SLAB_STATE_ALLOCATED;
}
