/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/slab/slab_free.h"

#include <inttypes.h>

#include "linux/page_members.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/slab/slab_count.h"
#include "linux/slab/slab_state.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"

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
	if (!page_compound(kernel, pfn, &words, &compound, NULL))
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

void slab_free_check(struct slab_pass *pass, uint64_t cache, uint64_t slab, uint64_t nr_free,
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

/* Before 2.6.34 the structs of CPUs are not in per-CPU memory (see in_cpu_slabs() in
 * slab_state.c). */
bool slab_free_check_cpus(struct slab_pass *pass, uint64_t cache, struct error *damage)
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
	for (unsigned int cpu = 0; cpu < cpus.nr && pass->nr_objects <= MOST_FOLLOWED; cpu++) {
		if (!cpu_set_has(&cpus, cpu))
			continue;
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
