/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The red-black tree of mappings, which the kernel kept beside their list until
 * 6.0: include/linux/rbtree.h. */
#include <inttypes.h>

#include "base/address_set.h"
#include "kernel/members.h"
#include "tasks/vma.h"

enum { MOST_LEVELS = 64 }; /* of a tree of 2^32 mappings */

struct search {
	struct kernel *kernel;
	struct vma_list *list;
	uint64_t mm;
	uint64_t offset; /* of vm_rb in a vm_area_struct */
	struct address_set seen;
	uint64_t stack
		[MOST_LEVELS]; /* nodes to visit after their left subtrees */
	unsigned int depth;
};

static bool push(struct search *search, uint64_t node, struct error *err)
{
	switch (address_set_add(&search->seen, node)) {
	case ADDRESS_NO_MEMORY:
		return fail(err, ERROR_SYSTEM, "out of memory");
	case ADDRESS_SEEN:
		return fail(err, ERROR_FORMAT, "it leads to %" PRIx64 " again",
			    node);
	default:
		break;
	}
	if (search->depth == MOST_LEVELS)
		return fail(err, ERROR_FORMAT, "it is deeper than possible");
	search->stack[search->depth++] = node;
	return true;
}

/* Pushes the node and its left descendants. */
static bool push_left(struct search *search, uint64_t node, struct error *err)
{
	while (node) {
		if (!push(search, node, err) ||
		    !kernel_read_member(search->kernel, node - search->offset,
					VMA_RB_LEFT, &node, err))
			return false;
	}
	return true;
}

/* Skips mappings that the list had. */
static bool add_mapping(struct search *search, uint64_t address,
			struct error *err)
{
	const struct vma_list *list = search->list;
	uint64_t start;

	if (!kernel_read_member(search->kernel, address, VMA_START, &start, err))
		return false;
	if (list->nr && start <= list->vma[list->nr - 1].last)
		return true;
	return vma_list_add(search->kernel, search->list, search->mm, address,
			    err);
}

static bool visit_in_order(struct search *search, uint64_t root,
			   struct error *err)
{
	if (!push_left(search, root, err))
		return false;
	while (search->depth) {
		uint64_t address = search->stack[--search->depth] - search->offset;
		uint64_t right;

		if (kernel_stopped(search->kernel))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if (!add_mapping(search, address, err) ||
		    !kernel_read_member(search->kernel, address, VMA_RB_RIGHT,
					&right, err) ||
		    !push_left(search, right, err))
			return false;
	}
	return true;
}

bool vma_list_from_rbtree(struct kernel *kernel, uint64_t mm,
			  struct vma_list *list, struct error *err)
{
	const struct member *node = kernel_member(kernel, VMA_RB, err);
	struct search search = { .kernel = kernel, .list = list, .mm = mm };
	uint64_t root;
	bool done;

	if (!node || !kernel_read_member(kernel, mm, MM_RB_ROOT, &root, err))
		return false;
	search.offset = node->offset;
	done = visit_in_order(&search, root, err);
	address_set_release(&search.seen);
	return done;
}
