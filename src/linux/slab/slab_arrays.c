/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds out whether an object is in use. Reads the lists of free objects of SLAB (mm/slab.c, until
 * 6.7). */
#include "linux/slab/slab_state.h"

#include "linux/page_members.h"
#include "linux/slab/slab_descriptor.h"
#include "linux/slab/slab_lists.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "types/types.h"

enum { MOST_OBJECTS = 1 << 15 /* limit for one slab */ };

/* Finds the offset of the pointers to objects in struct array_cache. In 2.6.11 no member has this
 * offset: the pointers come directly after the struct. */
static bool find_entries(struct kernel *kernel, uint64_t *offset)
{
	const struct member *entries = kernel_member(kernel, ARRAY_CACHE_ENTRY, NULL);

	if (!entries)
		return kernel_type_size(kernel, "array_cache", offset);
	*offset = entries->offset;
	return true;
}

/* Does this struct array_cache contain a pointer to the object? The pointers are addresses of the
 * debugging data before each object. */
static bool in_array_cache(const struct question *question, uint64_t array)
{
	struct kernel *kernel = question->kernel;
	const struct slab_place *place = question->place;
	uint64_t nr, entries, pad = 0;

	if (!array)
		return false;
	kernel_read_member(kernel, place->address, CACHE_OBJ_OFFSET, &pad, NULL);
	if (find_entries(kernel, &entries) &&
	    kernel_read_member(kernel, array, ARRAY_CACHE_NR, &nr, NULL))
		return slab_in_array(question, array + entries, nr, place->object - pad);
	return slab_is_unknown(question, "an array of free objects cannot be read");
}

/* Does the struct array_cache of a CPU contain the object? Until 3.18 struct kmem_cache contains an
 * array of pointers to these structs, one for each CPU. */
static bool in_array_of_cpus(const struct question *question, const struct member *array)
{
	struct kernel *kernel = question->kernel;
	unsigned int word = kernel_pointer_size(kernel);
	struct cpu_set cpus;
	uint64_t kept;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return slab_is_unknown(question, "the list of CPUs is not known");
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu) && cpu < array->size / word; cpu++) {
		if (!kernel_read_pointer(kernel,
					 question->place->address + array->offset + cpu * word,
					 &kept, NULL)) {
			slab_is_unknown(question,
					"a CPU's list of free objects of the cache cannot be read");
		} else if (in_array_cache(question, kept)) {
			question->object->has_cpu = true;
			question->object->cpu = cpu;
			return true;
		}
	}
	return false;
}

/* Does the struct array_cache of a CPU contain the object? Since 3.19 (bf0dea23a9c0) these structs
 * are in per-CPU memory. */
static bool in_cpu_arrays(const struct question *question)
{
	struct kernel *kernel = question->kernel;
	const struct member *array = kernel_member(kernel, CACHE_ARRAY, NULL);
	uint64_t pointer;

	if (array)
		return in_array_of_cpus(question, array);
	if (kernel_read_member(kernel, question->place->address, CACHE_CPU_CACHE, &pointer, NULL))
		return slab_each_cpu(question, pointer, in_array_cache);
	return slab_is_unknown(question,
			       "the CPUs' lists of free objects of the cache cannot be found");
}

/* Does an array of a node contain the object? Each node has an array for its own objects, and an
 * array for the objects of each other node. The arrays for other nodes do not exist in 2.6.11.
 * Since 3.18 (c8522a3a5832) each of them is in a struct alien_cache. Without NUMA, the pointer to
 * the arrays for other nodes is NULL or a special value that is not an address. */
static bool in_node_arrays(const struct question *question, uint64_t node, uint64_t nr)
{
	struct kernel *kernel = question->kernel;
	const struct member *ac = kernel_member(kernel, ALIEN_CACHE_AC, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t shared, alien, at;

	if (!kernel_read_member(kernel, node, CACHE_NODE_SHARED, &shared, NULL))
		return slab_is_unknown(question,
				       "a node's list of free objects of the cache cannot be read");
	if (in_array_cache(question, shared))
		return true;
	if (nr < 2 || !kernel_read_member(kernel, node, CACHE_NODE_ALIEN, &alien, NULL) || !alien)
		return false;
	for (uint64_t i = 0; i < nr; i++) {
		if (!kernel_read_pointer(question->kernel, alien + i * word, &at, NULL))
			return slab_is_unknown(
				question,
				"a node's lists of free objects of other nodes cannot be read");
		if (at && in_array_cache(question, at + (ac ? ac->offset : 0)))
			return true;
	}
	return false;
}

static bool in_nodes(const struct question *question)
{
	struct kernel *kernel = question->kernel;
	uint64_t cache = question->place->address, array, nr, node;

	if (slab_own_lists(kernel, cache, &node))
		return in_node_arrays(question, node, 1);
	if (!slab_node_array(kernel, cache, &array, &nr))
		return slab_is_unknown(question, "where the cache stores its nodes is not known");
	nr = slab_nr_nodes(question, nr);
	for (uint64_t i = 0; i < nr; i++) {
		if (!kernel_read_pointer(kernel, array + i * kernel_pointer_size(kernel), &node,
					 NULL))
			slab_is_unknown(question, "the nodes of the cache cannot be read");
		else if (node && in_node_arrays(question, node, nr))
			return true;
	}
	return false;
}

/* Does the array of indexes in the slab show that the object is free? If n objects of the slab are
 * in use, the elements of the array from element n on are the indexes of the free objects. */
static bool in_slab_array(const struct question *question)
{
	struct kernel *kernel = question->kernel;
	const struct slab_place *place = question->place;
	struct types *types = kernel_types(kernel);
	uint64_t size, list, active, index;

	if (!types || !types_size(types, "freelist_idx_t", &size) || (size != 1 && size != 2) ||
	    place->objects > MOST_OBJECTS ||
	    !slab_read_either(kernel, place->page, SLAB_FREELIST, PAGE_FREELIST, &list) ||
	    !slab_read_either(kernel, place->page, SLAB_ACTIVE, PAGE_ACTIVE, &active))
		return slab_is_unknown(question, "how this kernel marks free objects is not known");
	for (uint64_t i = active; i < place->objects; i++) {
		if (!kernel_read_number(kernel, list + i * size, size, &index, NULL) ||
		    index >= place->objects)
			return slab_is_unknown(question,
					       "the slab's list of free objects is damaged");
		if (index == place->index)
			return slab_found_free(question);
	}
	return false;
}

/* Does the chain of indexes of free objects contain the object? Slabs have such a chain until
 * 3.12. */
static bool in_slab_chain(const struct question *question)
{
	const struct slab_place *place = question->place;
	struct slab_descriptor slab;
	uint64_t index, nr_free;
	bool has = false;

	if (!slab_descriptor_read(question->kernel, place->descriptor, &slab) ||
	    place->objects > MOST_OBJECTS || slab.in_use > place->objects)
		return slab_is_unknown(question,
				       "the descriptor of the slab is damaged or cannot be read");
	nr_free = place->objects - slab.in_use;
	for (index = slab.first; index != slab.end && nr_free; nr_free--) {
		if (index >= place->objects)
			break;
		has |= index == place->index;
		if (!kernel_read_number(question->kernel, slab.next + index * slab.number_size,
					slab.number_size, &index, NULL))
			break;
	}
	if (!nr_free && index == slab.end)
		return has && slab_found_free(question);
	return slab_is_unknown(question, "the slab's list of free objects is damaged");
}

/* KASAN keeps freed objects for some time in its quarantine, which is in none of these lists:
 * kasan_quarantine_put() in mm/kasan/quarantine.c, called quarantine_put() before 5.12. */
static bool has_quarantine(struct kernel *kernel)
{
	return kernel_has_symbol(kernel, "kasan_quarantine_put") == YES ||
	       kernel_has_symbol(kernel, "quarantine_put") == YES;
}

static bool in_slab(const struct question *question)
{
	return question->place->descriptor ? in_slab_chain(question) : in_slab_array(question);
}

void slab_object_at(struct kernel *kernel, const struct slab_place *place,
		    struct slab_object *object)
{
	const struct question question = { kernel, place, object, NULL };

	*object = (struct slab_object){ .state = SLAB_STATE_UNKNOWN };
	if (!kernel_member(kernel, CACHE_NUM, NULL))
		slab_ask_slub(&question);
	else if (!in_slab(&question) && !in_cpu_arrays(&question))
		in_nodes(&question);
	if (object->state == SLAB_STATE_FREE)
		return;
	if (has_quarantine(kernel))
		slab_is_unknown(&question, "the object may be in KASAN's quarantine");
	if (!object->why.code)
		object->state = SLAB_STATE_ALLOCATED;
}

bool slab_count_arrays(struct kernel *kernel, uint64_t cache, uint64_t *nr)
{
	const struct slab_place place = { .address = cache };
	struct slab_object object = { .state = SLAB_STATE_UNKNOWN };
	const struct question question = { kernel, &place, &object, nr };

	*nr = 0;
	if (!kernel_member(kernel, CACHE_NUM, NULL)) {
		slab_in_sheaves(&question);
	} else {
		in_cpu_arrays(&question);
		in_nodes(&question);
	}
	return !object.why.code && !has_quarantine(kernel);
}
