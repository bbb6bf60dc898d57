/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Is an object of a slab in use? It is in use unless a list of free objects contains it.
 * SLUB: each slab has a list of free objects, which is linked through the objects. The CPU that
 * allocates from the slab has a second such list (until 7.0). Since 6.18 (2d517aa09bbc) CPUs and
 * nodes also have sheaves, which are arrays of free objects.
 * SLAB: each CPU and node has arrays of free objects. Each slab has the indexes of its free
 * objects, since 3.13 (b1cb0982bdd6) as an array, in older kernels as a chain. */
#include "linux/slab/slab_state.h"

#include "base/address_set.h"
#include "linux/page_members.h"
#include "linux/page/page.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/noted.h"
#include "kernel/percpu.h"

enum {
	MOST_KEPT = 1 << 16, /* limit for an array of free objects */
	MOST_SHEAVES = 1 << 10, /* limit for a node; the kernel's limit MAX_FULL_SHEAVES is 10 */
	MOST_NODES = 1 << 10, /* limit; the largest MAX_NUMNODES */
};

bool slab_found_free(const struct question *question)
{
	question->object->state = SLAB_STATE_FREE;
	return true;
}

bool slab_is_unknown(const struct question *question, const char *why)
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

/* The coding of hardened pointers is known only after the list was followed: with the wrong coding,
 * the end of the list is not reached. If no coding reaches the end, returns the result of the
 * coding that finds more objects. */
enum slab_list_end slab_list_follow(const struct question *question, uint64_t first,
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

bool slab_each_cpu(const struct question *question, uint64_t pointer,
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

bool slab_in_array(const struct question *question, uint64_t array, uint64_t nr, uint64_t wanted)
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

/* Limits nr by nr_node_ids, which exists since 2.6.22 (74c7aa8b8581), or by the last node, because
 * elements of an array after the last node may be uninitialized. */
uint64_t slab_nr_nodes(const struct question *question, uint64_t nr)
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

bool slab_in_sheaves(const struct question *question)
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

void slab_ask_slub(const struct question *question)
{
	uint64_t list;

	if (!slab_read_either(question->kernel, question->place->page, SLAB_FREELIST, PAGE_FREELIST,
			      &list))
		slab_is_unknown(question, "the slab's list of free objects cannot be read");
	else if (!in_list(question, list) && !in_cpu_slabs(question))
		slab_in_sheaves(question);
}
