/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/slab/slab_lists.h"

#include <inttypes.h>

#include "linux/page_members.h"
#include "linux/slab/slab.h"
#include "kernel/kernel.h"
#include "kernel/links.h"

enum { MOST_SLABS = 1 << 24, MOST_NODES = 1 << 10 /* MAX_NUMNODES */ };

/* --- where the data for nodes are --- */

/* Does the member of the cache point to the array for nodes? This is true from 3.1 (b56efcf0a45a)
 * to 3.18 (bf0dea23a9c0), where the array for CPUs is the last member, after the pointer. In other
 * releases the array for CPUs is before the array for nodes, or does not exist. */
static bool is_behind_pointer(struct kernel *kernel, const struct member *nodes)
{
	const struct member *cpus = kernel_member(kernel, CACHE_ARRAY, NULL);

	return cpus && nodes->offset < cpus->offset && nodes->size == kernel_pointer_size(kernel);
}

bool slab_node_array(struct kernel *kernel, uint64_t cache, uint64_t *array, uint64_t *nr)
{
	const struct member *nodes = kernel_member(kernel, CACHE_NODE, NULL);

	if (!nodes)
		return false;
	*array = cache + nodes->offset;
	*nr = nodes->size / kernel_pointer_size(kernel);
	if (!is_behind_pointer(kernel, nodes))
		return true;
	/* Without CONFIG_NUMA nr_node_ids is not a variable, and there is one node. */
	*nr = kernel_has_symbol(kernel, "nr_node_ids") == NO ? 1 : MOST_NODES;
	return kernel_read_pointer(kernel, *array, array, NULL);
}

/* --- the lists --- */

enum fullness { PARTIAL, FULL, EMPTY };

/* The state of following a list of slabs. */
struct following {
	struct kernel *kernel;
	const struct member *links; /* the member that links slabs */
	unsigned int in_use; /* id of the member with the number of objects in use */
	enum fullness fullness;
	uint64_t per_slab;
	struct slab_lists *lists;
	struct error *damage;
};

static bool slab_lists_is_damaged(uint64_t head, uint64_t entry, struct error *damage)
{
	return fail(damage, ERROR_FORMAT, "the list of slabs at %" PRIx64 " is damaged at %" PRIx64,
		    head, entry);
}

bool slab_list_damaged(const struct links *links, struct error *damage)
{
	/* If the entry is only missing in the dump, the reason why it cannot be read is reported.
	 * NULL and other impossible addresses are damage. */
	if (links->end == LINKS_MISSING && links->at && !links_lead_nowhere(links))
		fail(damage, links->why.code,
		     "the list of slabs at %" PRIx64 " leads to %" PRIx64 ": %.300s", links->head,
		     links->at, links->why.message);
	else if (links_damaged(links))
		slab_lists_is_damaged(links->head, links->at, damage);
	return links_damaged(links);
}

/* Does a slab with `in_use` objects in use belong to the list? If not, the kernel would report an
 * accounting error (s_show() in mm/slab.c). */
static bool slab_lists_belongs(const struct following *following, uint64_t in_use)
{
	switch (following->fullness) {
	case PARTIAL: return in_use && in_use < following->per_slab;
	case FULL: return in_use == following->per_slab;
	case EMPTY: return !in_use;
	}
	return false;
}

static bool slab_lists_follow(const struct following *following, uint64_t head)
{
	struct kernel *kernel = following->kernel;
	struct links links = links_from(kernel, head, following->links->offset, NULL,
					MOST_SLABS - following->lists->slabs);
	uint64_t slab, in_use, last;

	while (links_next(&links, &slab)) {
		if (!kernel_read_member(kernel, slab, following->in_use, &in_use,
					following->damage))
			return false;
		if (!slab_lists_belongs(following, in_use))
			return slab_lists_is_damaged(head, slab, following->damage);
		following->lists->slabs++;
		following->lists->nr_free += following->per_slab - in_use;
	}
	if (links.end != LINKS_WHOLE)
		return slab_list_damaged(&links, following->damage) && false;
	return (kernel_read_pointer(kernel, head + kernel_pointer_size(kernel), &last, NULL) &&
		last == links.at) ||
	       slab_lists_is_damaged(head, head, following->damage);
}

/* Compares the node's count of free objects with the number in the lists, and reports a difference
 * as damage. The kernel would also report the difference, and show the number in the lists. */
static void slab_lists_compare(struct kernel *kernel, uint64_t node, uint64_t nr_free,
			       struct error *damage)
{
	uint64_t counted;

	if (kernel_read_member(kernel, node, NODE_FREE_OBJECTS, &counted, damage) &&
	    counted != nr_free)
		fail(damage, ERROR_FORMAT,
		     "the lists of slabs at %" PRIx64 " have %" PRIu64
		     " free objects, but free_objects there is %" PRIu64,
		     node, nr_free, counted);
}

bool slab_lists_count(struct kernel *kernel, uint64_t node, uint64_t per_slab,
		      struct slab_lists *lists, struct error *damage)
{
	static const unsigned int heads[] = {
		[PARTIAL] = NODE_SLABS_PARTIAL,
		[FULL] = NODE_SLABS_FULL,
		[EMPTY] = NODE_SLABS_FREE,
	};
	bool described = slab_has_descriptors(kernel);
	struct following following = {
		.kernel = kernel,
		.links = kernel_member_as(kernel, described ? SLAB_LIST : PAGE_LRU, MEMBER_LINKS,
					  NULL),
		.in_use = described ? SLAB_INUSE : PAGE_ACTIVE,
		.per_slab = per_slab,
		.lists = lists,
		.damage = damage,
	};

	*lists = (struct slab_lists){ 0 };
	for (int fullness = PARTIAL; fullness <= EMPTY; fullness++) {
		const struct member *head =
			kernel_member_as(kernel, heads[fullness], MEMBER_LINKS, NULL);

		if (!head || !following.links)
			return false;
		following.fullness = fullness;
		if (!slab_lists_follow(&following, node + head->offset))
			return false;
	}
	slab_lists_compare(kernel, node, lists->nr_free, damage);
	return true;
}
