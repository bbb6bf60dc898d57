/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/slab/slab_count.h"

#include <inttypes.h>

#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/noted.h"
#include "kernel/percpu.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/page_members.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_lists.h"
#include "types/types.h"

/* --- is an object in use? --- */

/* It is in use unless a list of free objects contains it.
 * SLUB: each slab has a list of free objects, which is linked through the objects. The CPU that
 * allocates from the slab has a second such list (until 7.0). Since 6.18 (2d517aa09bbc) CPUs and
 * nodes also have sheaves, which are arrays of free objects.
 * SLAB: each CPU and node has arrays of free objects. Each slab has the indexes of its free
 * objects, since 3.13 (b1cb0982bdd6) as an array, in older kernels as a chain. */

/* A search for an object in lists of free objects. place: where the object to search for is.
 * object: receives the result of the search. nr_kept: NULL, or the arrays are only counted: then
 * the number of objects in each array is added to *nr_kept, and no object is found. */
struct question {
	struct kernel *kernel;
	const struct slab_place *place;
	struct slab_object *object;
	uint64_t *nr_kept;
};

/* The result of following a list that is linked through the objects of a slab. */
enum slab_list_end {
	SLAB_LIST_WHOLE,
	SLAB_LIST_DAMAGED,
	SLAB_LIST_UNREAD, /* an object is not in the dump, or the form of the list is unknown */
};

struct slab_list {
	uint64_t nr; /* number of objects in the part of the list that was read */
	/* SLAB_LIST_DAMAGED: the last valid object (0: none), and the invalid pointer after it. */
	uint64_t from, to;
	bool has; /* SLAB_LIST_WHOLE: the list contains question->place->object */
};

enum {
	MOST_KEPT = 1 << 16, /* limit for an array of free objects */
	MOST_SHEAVES = 1 << 10, /* limit for a node; the kernel's limit MAX_FULL_SHEAVES is 10 */
	MOST_NODES = 1 << 10, /* limit; the largest MAX_NUMNODES */
};

/* Sets the state to free. Returns true. */
static bool slab_found_free(const struct question *question)
{
	question->object->state = SLAB_STATE_FREE;
	return true;
}

/* Sets the state to unknown. why: the reason. If a reason was set before, keeps it. */
static bool slab_is_unknown(const struct question *question, const char *why)
{
	if (!question->object->why.code)
		fail(&question->object->why, ERROR_UNKNOWN, "%s", why);
	return false;
}

/* Has the user stopped the search? If so, sets the result to unknown. */
static bool is_stopped(const struct question *question)
{
	return kernel_stopped(question->kernel) && !slab_is_unknown(question, "interrupted");
}

static bool slab_state_read_word(const struct question *question, uint64_t address, uint64_t *value)
{
	return kernel_read_pointer(question->kernel, address, value, NULL);
}

/* --- lists through the objects --- */

/* How a list stores the pointer to the next free object: see freelist_ptr_decode() in mm/slub.c.
 * With CONFIG_SLAB_FREELIST_HARDENED the pointer is XORed with random bits and with the address at
 * which it is stored. */
enum coding {
	PLAIN,
	HARDENED_SWAPPED, /* XOR with the byte-swapped address: since 5.7 (1ad53d9fa3f6) */
	HARDENED, /* XOR with the address: 4.14 (2482ddec670f) to 5.6 */
};

static uint64_t slab_state_decode(const struct question *question, enum coding coding,
				  uint64_t random, uint64_t at, uint64_t value)
{
	if (coding == PLAIN)
		return value;
	if (coding == HARDENED_SWAPPED)
		at = kernel_pointer_size(question->kernel) == 8 ? __builtin_bswap64(at) :
								  __builtin_bswap32((uint32_t)at);
	return value ^ random ^ at;
}

static bool slab_state_is_object(const struct slab_place *place, uint64_t address)
{
	return address >= place->start && (address - place->start) % place->size == 0 &&
	       (address - place->start) / place->size < place->objects;
}

/* Follows a list from the object at list->to. coding, random: how pointers in the list are
 * stored. A hardened pointer may look like text, so each one that leads on is noted as a number. */
static enum slab_list_end slab_state_follow(const struct question *question, uint64_t offset,
					    enum coding coding, uint64_t random,
					    struct slab_list *list)
{
	const struct slab_place *place = question->place;
	uint64_t value;

	while (list->to) {
		if (list->nr == place->objects || !slab_state_is_object(place, list->to))
			return SLAB_LIST_DAMAGED;
		list->nr++;
		list->from = list->to;
		list->has |= list->from == place->object;
		if (!kernel_read_word(question->kernel, list->from + offset, &value, NULL))
			return SLAB_LIST_UNREAD;
		value = slab_state_decode(question, coding, random, list->from + offset, value);
		list->to = kernel_untag(question->kernel, value);
		if (!list->to || slab_state_is_object(place, list->to))
			kernel_note_bytes(question->kernel, NOTED_NUMBERS, list->from + offset,
					  NULL, kernel_pointer_size(question->kernel));
	}
	return SLAB_LIST_WHOLE;
}

/* Follows a SLUB list of free objects in the slab of question->place. first: address of the first
 * object in the list, or 0. The coding of hardened pointers is known only after the list was
 * followed: with the wrong coding, the end of the list is not reached. If no coding reaches the end,
 * returns the result of the coding that finds more objects. */
static enum slab_list_end slab_list_follow(const struct question *question, uint64_t first,
					   struct slab_list *list)
{
	struct kernel *kernel = question->kernel;
	uint64_t address = question->place->address, offset, random = 0;
	const struct member *hardened = kernel_member(kernel, CACHE_RANDOM, NULL);
	struct slab_list other = { .to = first };
	enum slab_list_end end, other_end;

	*list = other;
	if (!first)
		return SLAB_LIST_WHOLE;
	if (!kernel_read_member(kernel, address, CACHE_OFFSET, &offset, NULL) ||
	    offset >= question->place->size ||
	    (hardened && !kernel_read_member(kernel, address, CACHE_RANDOM, &random, NULL)))
		return SLAB_LIST_UNREAD;
	if (!hardened)
		return slab_state_follow(question, offset, PLAIN, 0, list);
	kernel_note_bytes(kernel, NOTED_NUMBERS, address + hardened->offset, NULL, hardened->size);
	end = slab_state_follow(question, offset, HARDENED_SWAPPED, random, list);
	if (end == SLAB_LIST_WHOLE)
		return end;
	other_end = slab_state_follow(question, offset, HARDENED, random, &other);
	if (other_end == SLAB_LIST_WHOLE || other.nr > list->nr) {
		*list = other;
		end = other_end;
	}
	return end;
}

static bool in_list(const struct question *question, uint64_t first)
{
	struct slab_list list;

	if (slab_list_follow(question, first, &list) == SLAB_LIST_WHOLE)
		return list.has && slab_found_free(question);
	return slab_is_unknown(question, "the slab's list of free objects is damaged");
}

/* --- SLUB: slabs and lists of CPUs --- */

/* Calls visit with the address of each CPU's copy of a per-CPU pointer, until visit returns
 * true. */
static bool slab_each_cpu(const struct question *question, uint64_t pointer,
			  bool (*visit)(const struct question *question, uint64_t address))
{
	struct kernel *kernel = question->kernel;
	bool smp = kernel_has_copies(kernel) != NO;
	struct cpu_set cpus;
	uint64_t offset = 0;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return slab_is_unknown(question, "the list of CPUs is not known");
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++) {
		if (is_stopped(question))
			return false;
		if (smp && !kernel_per_cpu_offset(kernel, cpu, &offset, NULL)) {
			slab_is_unknown(question,
					"the address of a CPU's per-CPU memory cannot be read");
			continue;
		}
		if (visit(question, (pointer + offset) & kernel->arch->address_mask)) {
			question->object->has_cpu = true;
			question->object->cpu = cpu;
			return true;
		}
	}
	return false;
}

/* Does the list of a CPU contain the object? address: address of the struct kmem_cache_cpu. The
 * list contains free objects of the slab to which this struct points. */
static bool in_cpu_slab(const struct question *question, uint64_t address)
{
	struct kernel *kernel = question->kernel;
	uint64_t slab, list;

	if ((!kernel_read_member(kernel, address, CPU_SLAB_SLAB, &slab, NULL) &&
	     !kernel_read_member(kernel, address, CPU_SLAB_PAGE, &slab, NULL)) ||
	    !kernel_read_member(kernel, address, CPU_SLAB_FREELIST, &list, NULL))
		return slab_is_unknown(question,
				       "a CPU's list of free objects of the slab cannot be read");
	return slab == question->place->page && in_list(question, list);
}

/* Does a list of a CPU contain the object? Since 2.6.34 (9dfc6e68bfe6) the structs of CPUs are in
 * per-CPU memory. In older kernels the cache contains a struct for each CPU, whose form depends on
 * the configuration. The lists of these kernels are not read. */
static bool in_cpu_slabs(const struct question *question)
{
	const struct member *member = kernel_member(question->kernel, CACHE_CPU_SLAB, NULL);
	uint64_t pointer;

	if (!member)
		return false;
	if (member->size == kernel_pointer_size(question->kernel) &&
	    kernel_read_member(question->kernel, question->place->address, CACHE_CPU_SLAB, &pointer,
			       NULL))
		return slab_each_cpu(question, pointer, in_cpu_slab);
	return slab_is_unknown(question,
			       "the CPUs' lists of free objects of the slab cannot be found");
}

/* --- arrays of free objects --- */

/* Is `wanted` one of the nr pointers in the array at address `array`? */
static bool slab_in_array(const struct question *question, uint64_t array, uint64_t nr,
			  uint64_t wanted)
{
	unsigned int word = kernel_pointer_size(question->kernel);
	uint64_t entry;

	for (uint64_t i = 0; i < nr; i++) {
		if (nr > MOST_KEPT || !slab_state_read_word(question, array + i * word, &entry))
			return slab_is_unknown(
				question, "a list of free objects outside the slab cannot be read");
		if (question->nr_kept && !entry)
			slab_is_unknown(question, "a list of free objects contains NULL");
		else if (!question->nr_kept && entry == wanted)
			return slab_found_free(question);
	}
	if (question->nr_kept)
		*question->nr_kept += nr;
	return false;
}

static bool in_sheaf(const struct question *question, uint64_t sheaf)
{
	const struct member *objects = kernel_member(question->kernel, SHEAF_OBJECTS, NULL);
	uint64_t nr;

	if (!sheaf)
		return false;
	if (objects && kernel_read_member(question->kernel, sheaf, SHEAF_SIZE, &nr, NULL))
		return slab_in_array(question, sheaf + objects->offset, nr,
				     question->place->object);
	return slab_is_unknown(question, "a sheaf of free objects cannot be read");
}

static bool in_cpu_sheaves(const struct question *question, uint64_t sheaves)
{
	struct kernel *kernel = question->kernel;
	uint64_t main, spare;

	if (kernel_read_member(kernel, sheaves, SHEAVES_MAIN, &main, NULL) &&
	    kernel_read_member(kernel, sheaves, SHEAVES_SPARE, &spare, NULL))
		return in_sheaf(question, main) || in_sheaf(question, spare);
	return slab_is_unknown(question,
			       "a CPU's list of free objects of the cache cannot be read");
}

/* Does a full sheaf of a node contain the object? barn: address of the node's struct node_barn. */
static bool in_barn(const struct question *question, uint64_t barn)
{
	struct kernel *kernel = question->kernel;
	const struct member *full = kernel_member_as(kernel, BARN_FULL, MEMBER_LINKS, NULL);
	const struct member *list = kernel_member_as(kernel, SHEAF_LIST, MEMBER_LINKS, NULL);
	struct links links = { .end = LINKS_MISSING };
	struct address_set seen = { 0 };
	bool found = false;
	uint64_t sheaf;

	if (!barn)
		return false;
	if (full && list)
		links = links_from(kernel, barn + full->offset, list->offset, &seen, MOST_SHEAVES);
	while (!found && links_next(&links, &sheaf))
		found = in_sheaf(question, sheaf);
	address_set_release(&seen);
	if (found)
		return true;
	if (links_damaged(&links))
		slab_is_unknown(question, "the sheaves of a node cannot be read");
	else
		is_stopped(question);
	return false;
}

/* Returns the number of nodes that the kernel uses. nr: length of an array with an element for each
 * node; the result is at most nr. The limit is nr_node_ids, which exists since 2.6.22 (74c7aa8b8581),
 * or the last node, because elements of an array after the last node may be uninitialized. */
static uint64_t slab_nr_nodes(const struct question *question, uint64_t nr)
{
	uint64_t address, pgdat, next = 0, used = 0;

	if (kernel_symbol(question->kernel, "nr_node_ids", &address, NULL))
		kernel_read_number(question->kernel, address, 4, &used, NULL);
	else
		while (page_next_node(question->kernel, &next, &pgdat))
			used = next;
	if (used && used < nr)
		nr = used;
	return nr < MOST_NODES ? nr : MOST_NODES;
}

/* Do the sheaves of a node contain the object? The pointers to them are in node[] of struct
 * kmem_cache until 7.0, and in per_node[] since 7.1 (5ba6bc27b1f9). */
static bool in_barns(const struct question *question)
{
	struct kernel *kernel = question->kernel;
	const struct member *old = kernel_member(kernel, CACHE_NODE, NULL);
	const struct member *per = kernel_member(kernel, CACHE_PER_NODE, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	const struct member *nodes = per ? per : old;
	uint64_t size = word, node, barn;

	if (!nodes ||
	    (per && (!kernel_type_size(kernel, "kmem_cache_per_node_ptrs", &size) || !size)))
		return slab_is_unknown(question, "where the cache stores its nodes is not known");
	for (uint64_t i = 0; i < slab_nr_nodes(question, nodes->size / size); i++) {
		node = question->place->address + nodes->offset + i * size;
		if (!per && (!slab_state_read_word(question, node, &node) || !node))
			continue;
		if (!kernel_read_member(kernel, node, per ? PER_NODE_BARN : CACHE_NODE_BARN, &barn,
					NULL))
			slab_is_unknown(question, "the sheaves of a node cannot be read");
		else if (in_barn(question, barn))
			return true;
	}
	return false;
}

/* Searches only the sheaves of CPUs and nodes. */
static bool slab_in_sheaves(const struct question *question)
{
	uint64_t pointer;

	if (!kernel_member(question->kernel, CACHE_CPU_SHEAVES, NULL))
		return false;
	if (kernel_read_member(question->kernel, question->place->address, CACHE_CPU_SHEAVES,
			       &pointer, NULL))
		return (pointer && slab_each_cpu(question, pointer, in_cpu_sheaves)) ||
		       in_barns(question);
	return slab_is_unknown(question,
			       "the cache's pointer to the sheaves of CPUs cannot be read");
}

/* Searches all lists of SLUB for the object, and sets question->object. */
static void slab_ask_slub(const struct question *question)
{
	uint64_t list;

	if (!slab_read_either(question->kernel, question->place->page, SLAB_FREELIST, PAGE_FREELIST,
			      &list))
		slab_is_unknown(question, "the slab's list of free objects cannot be read");
	else if (!in_list(question, list) && !in_cpu_slabs(question))
		slab_in_sheaves(question);
}

/* --- is an object in use? SLAB (mm/slab.c, until 6.7) --- */

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

/* Finds the lists of slabs in kernels in which they are part of the cache. Sets *node to the
 * address of these lists. Returns false in other kernels. */
static bool slab_own_lists(struct kernel *kernel, uint64_t cache, uint64_t *node)
{
	const struct member *lists = kernel_member(kernel, CACHE_LISTS, NULL);

	*node = cache + (lists ? lists->offset : 0);
	return lists;
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

/* Counts the free objects of a cache that are in no slab's list: in arrays of CPUs and nodes (SLAB),
 * or in their sheaves (SLUB). Returns false if the number is not known: an array cannot be read, or
 * KASAN keeps free objects elsewhere. */
static bool slab_count_arrays(struct kernel *kernel, uint64_t cache, uint64_t *nr)
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

/* --- free objects --- */

/* Checks SLUB's lists of free objects for damage. */

/* Limit for the objects, and for the CPUs of caches, that one pass checks. Checking so many takes a
 * few seconds. All further lists are counted as unread. */
enum { MOST_FOLLOWED = 1 << 26 };

static const uint64_t ANY_NUMBER = UINT64_MAX;

/* Sets *damage, unless earlier damage of the cache is stored there. If memory ran out, or if the user
 * stopped the work, a failed look-up is no damage. */
static void slab_free_is_damaged(struct slab_pass *pass, struct error *damage,
				 const struct error *why)
{
	if (!damage->code && !kernel_stopped(pass->kernel))
		*damage = *why;
}

/* Finds a slab that is in a list of the cache. Returns false if the slab cannot be examined. Also
 * returns false, and reports damage, if the slab does not belong to the cache. */
static bool find_slab(struct slab_pass *pass, uint64_t cache, uint64_t slab,
		      struct slab_place *place, struct error *damage)
{
	struct kernel *kernel = pass->kernel;
	uint64_t pfn, direct;
	struct page_words words;
	struct compound compound;
	struct error why;

	if (!kernel_direct_base(kernel, &direct, NULL) || !page_layout_of(kernel, NULL))
		return false;
	if (!page_pfn(kernel, slab, &pfn, NULL)) {
		fail(&why, ERROR_FORMAT,
		     "the cache's lists contain %" PRIx64
		     ", which is not the address of a struct page",
		     slab);
		slab_free_is_damaged(pass, damage, &why);
		return false;
	}
	if (!page_compound(kernel, pfn, &words, &compound))
		return false;
	if (!slab_at(kernel, direct + kernel_frame(kernel, pfn), kernel_frame(kernel, pfn),
		     place) ||
	    place->address != cache) {
		fail(&why, ERROR_FORMAT,
		     "the cache's lists contain frame %" PRIx64
		     ", which is %s%s according to its struct page",
		     pfn, place->address ? "a slab of " : "no slab",
		     !place->address ? "" :
		     *place->cache   ? place->cache :
				       "a cache without a name");
		slab_free_is_damaged(pass, damage, &why);
		return false;
	}
	return place->has_object;
}

static void slab_free_follow(struct slab_pass *pass, const struct slab_place *place, uint64_t first,
			     uint64_t nr_free, struct error *damage)
{
	struct slab_object object = { .state = SLAB_STATE_UNKNOWN };
	const struct question question = { pass->kernel, place, &object, NULL };
	enum slab_list_end end;
	struct slab_list list;
	struct error why;

	if (pass->nr_objects > MOST_FOLLOWED) {
		pass->nr_unread++;
		return;
	}
	end = slab_list_follow(&question, first, &list);
	pass->nr_lists++;
	pass->nr_objects += list.nr;
	pass->nr_kept += list.nr;
	if (end == SLAB_LIST_UNREAD)
		pass->nr_unread++;
	else if (end == SLAB_LIST_DAMAGED && list.nr == place->objects)
		fail(&why, ERROR_FORMAT,
		     "the list of free objects of the slab at %" PRIx64
		     " does not end: after all %" PRIu64 " objects, %" PRIx64 " points to %" PRIx64,
		     place->slab, list.nr, list.from, list.to);
	else if (end == SLAB_LIST_DAMAGED && list.from)
		fail(&why, ERROR_FORMAT,
		     "the list of free objects of the slab at %" PRIx64 " is damaged: %" PRIx64
		     " points to %" PRIx64 ", which is not an object",
		     place->slab, list.from, list.to);
	else if (end == SLAB_LIST_DAMAGED)
		fail(&why, ERROR_FORMAT,
		     "the list of free objects of the slab at %" PRIx64
		     " is damaged: it starts with %" PRIx64 ", which is not an object",
		     place->slab, list.to);
	else if (nr_free != ANY_NUMBER && list.nr != nr_free)
		fail(&why, ERROR_FORMAT,
		     "the list of free objects of the slab at %" PRIx64 " has length %" PRIu64
		     ", but %" PRIu64 " objects are free, so the list is damaged%s",
		     place->slab, list.nr, nr_free, list.nr < nr_free ? "" : ", or the count is");
	else
		return;
	if (end != SLAB_LIST_UNREAD)
		slab_free_is_damaged(pass, damage, &why);
}

/* Follows the list of free objects of a slab. The slab is in a list of the cache. slab: address of
 * the struct page or struct slab. nr_free: expected number of objects in the list. Sets *damage if
 * the list is damaged, unless earlier damage is stored there. */
static void slab_free_check(struct slab_pass *pass, uint64_t cache, uint64_t slab, uint64_t nr_free,
			    struct error *damage)
{
	struct slab_place place;
	uint64_t first;

	if (address_set_add(&pass->slabs, slab) != ADDRESS_NEW)
		return;
	if (!find_slab(pass, cache, slab, &place, damage) ||
	    !slab_read_either(pass->kernel, slab, SLAB_FREELIST, PAGE_FREELIST, &first))
		pass->nr_unread++;
	else
		slab_free_follow(pass, &place, first, nr_free, damage);
}

/* Checks the lists of the slabs that a CPU keeps, since 3.2 (49e2258586b4). Returns false if not all
 * of these slabs were found, also because a slab is in another list. */
static bool check_kept_slabs(struct slab_pass *pass, uint64_t cache, uint64_t address,
			     struct error *damage)
{
	struct kernel *kernel = pass->kernel;
	uint64_t slab;

	if (!kernel_member(kernel, CPU_SLAB_PARTIAL, NULL))
		return true;
	if (!kernel_read_member(kernel, address, CPU_SLAB_PARTIAL, &slab, NULL))
		return false;
	while (slab) {
		if (address_set_has(&pass->slabs, slab) || pass->nr_objects++ > MOST_FOLLOWED ||
		    kernel_stopped(kernel))
			return false;
		slab_free_check(pass, cache, slab, ANY_NUMBER, damage);
		if (!slab_read_either(kernel, slab, SLAB_NEXT, PAGE_NEXT, &slab))
			return false;
	}
	return true;
}

/* Checks the lists of the struct kmem_cache_cpu at address. */
static void check_cpu(struct slab_pass *pass, uint64_t cache, uint64_t address,
		      struct error *damage)
{
	struct kernel *kernel = pass->kernel;
	struct slab_place place;
	uint64_t slab, first;

	pass->nr_objects++;
	if ((!kernel_read_member(kernel, address, CPU_SLAB_SLAB, &slab, NULL) &&
	     !kernel_read_member(kernel, address, CPU_SLAB_PAGE, &slab, NULL)) ||
	    !kernel_read_member(kernel, address, CPU_SLAB_FREELIST, &first, NULL)) {
		pass->nr_unread++;
		return;
	}
	if (slab && first) {
		if (find_slab(pass, cache, slab, &place, damage))
			slab_free_follow(pass, &place, first, ANY_NUMBER, damage);
		else
			pass->nr_unread++;
	}
	if (slab)
		slab_free_check(pass, cache, slab, ANY_NUMBER, damage);
	if (!check_kept_slabs(pass, cache, address, damage))
		pass->nr_unread++;
}

/* Like slab_free_check(), for the slabs from which CPUs allocate, and for the slabs that CPUs keep.
 * Returns true if all these lists were read and none is damaged, or if the kernel has none: then
 * pass->nr_kept has grown by the number of their objects.
 * Before 2.6.34 the structs of CPUs are not in per-CPU memory (see in_cpu_slabs()). */
static bool slab_free_check_cpus(struct slab_pass *pass, uint64_t cache, struct error *damage)
{
	struct kernel *kernel = pass->kernel;
	const struct member *member = kernel_member(kernel, CACHE_CPU_SLAB, NULL);
	bool smp = kernel_has_copies(kernel) != NO;
	uint64_t unread = pass->nr_unread, pointer, offset = 0;
	struct cpu_set cpus;
	struct error why;

	if (!member)
		return true;
	if (member->size != kernel_pointer_size(kernel) ||
	    !kernel_read_member(kernel, cache, CACHE_CPU_SLAB, &pointer, NULL) || !pointer)
		return false;
	if (!kernel_possible_cpus(kernel, &cpus, NULL)) {
		pass->nr_unread++;
		return false;
	}
	/* The set also contains addresses of nodes. Bit 0 distinguishes pointers for CPUs: all
	 * these addresses are multiples of a word. */
	if (address_set_add(&pass->parts, pointer | 1) == ADDRESS_SEEN) {
		fail(&why, ERROR_FORMAT,
		     "the cache's lists for CPUs, at per-CPU pointer %" PRIx64
		     ", also belong to another cache",
		     pointer);
		slab_free_is_damaged(pass, damage, &why);
		return false;
	}
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu) && pass->nr_objects <= MOST_FOLLOWED;
	     cpu++) {
		if (kernel_stopped(kernel))
			break;
		if (smp && !kernel_per_cpu_offset(kernel, cpu, &offset, NULL))
			pass->nr_unread++;
		else
			check_cpu(pass, cache, (pointer + offset) & kernel->arch->address_mask,
				  damage);
	}
	pass->nr_unread += pass->nr_objects > MOST_FOLLOWED;
	return pass->nr_unread == unread && !damage->code && !kernel_stopped(kernel);
}

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
	bool has_counts; /* the kernel counts slabs */
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
	uint64_t slabs = 0, objects = 0;

	/* Without CONFIG_SLUB_DEBUG there are no counts, but the lists can be followed. */
	counting->has_counts = kernel_member(kernel, NODE_NR_SLABS, NULL) ||
			       !kernel_member(kernel, NODE_PARTIAL, NULL);
	if (counting->has_counts &&
	    (!kernel_read_member(kernel, node, NODE_NR_SLABS, &slabs, NULL) ||
	     !kernel_read_member(kernel, node, NODE_OBJECTS, &objects, NULL)))
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
		.has_counts = true,
		.damage = damage,
	};
	uint64_t in_arrays = 0;

	count->has_active = true;
	count->has_slabs = count_nodes(&counting);
	if (!damage->code && !(count->has_slabs && count->has_active))
		pass->nr_unread++;
	count->has_slabs = count->has_slabs && counting.has_counts;
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

/* order_objects() in mm/slub.c, cache_estimate() in mm/slab.c. All objects of a slab are in its pages; until 4.17
 * (9736d2a9359c) and in SLAB, other data may be there, too. */
static bool shape_fits(struct kernel *kernel, const struct slab_count *count)
{
	const bool is_slub = kernel_member(kernel, CACHE_ORDER, NULL);
	uint64_t most, own;

	if (kernel_read_member(kernel, count->address, CACHE_OBJECT_BYTES, &own, NULL) && !own)
		return false;
	if (!count->has_shape || !kernel_member(kernel, CACHE_SIZE, NULL))
		return true;
	if (count->order >= 32 || !count->per_slab || !count->size)
		return false;
	most = (kernel_page_size(kernel) << count->order) / count->size;
	return count->per_slab == most ||
	       (count->per_slab < most &&
		!(is_slub && kernel_version(kernel) >= KERNEL_VERSION(4, 18, 0)));
}

/* sysfs_slab_add() in mm/slub.c: the object of a cache that may be merged has a name of its own, which begins with ':'.
 * kobject_set_name() changes slashes. */
static bool cache_name_fits(struct kernel *kernel, const struct slab_count *count,
			    struct error *damage)
{
	char name[sizeof(count->name)];
	uint64_t text;

	if (!kernel_read_member(kernel, count->address, CACHE_OBJECT_NAME, &text, NULL) || !text ||
	    !kernel_read_text(kernel, text, name, sizeof(name)) || *name == ':' ||
	    strchr(name, '!') || !strcmp(name, count->name))
		return true;
	return fail(damage, ERROR_FORMAT,
		    "the cache at %" PRIx64 " has the name %s, but its kobject %s", count->address,
		    count->name, name);
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
	if (!damage->code && cache_name_fits(kernel, &count, damage) && !shape_fits(kernel, &count))
		fail(damage, ERROR_FORMAT,
		     "the cache at %" PRIx64 " has slabs of %" PRIu64 " objects of %" PRIu64
		     " bytes, which do not fit into the order %" PRIu64,
		     cache, count.per_slab, count.size, count.order);
	return count;
}

bool slab_has_free_objects(const struct kernel *kernel)
{
	const struct dump *dump = kernel->dump;

	return dump_can_be_remembered(dump) && !dump_is_reduced(dump);
}

void slab_pass_release(struct slab_pass *pass)
{
	address_set_release(&pass->parts);
	address_set_release(&pass->slabs);
}
