/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/slab/slab_count.h"

#include <inttypes.h>

#include "linux/page_members.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/slab/slab_state.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "dump/dump.h"
#include "linux/slab/slab.h"
#include "linux/slab/slab_lists.h"
#include "kernel/links.h"

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
 * Before 2.6.34 the structs of CPUs are not in per-CPU memory (see in_cpu_slabs() in
 * slab_state.c). */
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
