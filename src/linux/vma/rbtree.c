/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/vma/rbtree.h"

#include <inttypes.h>

#include "base/address_set.h"
#include "kernel/kernel.h"

enum { MOST_LEVELS = 64 }; /* limit; a tree of 2^32 nodes has at most 64 levels */

struct rbtree_search {
	struct kernel *kernel;
	const struct rbtree *tree;
	uint64_t offset; /* offset of the rb_node in the structs */
	struct address_set seen;
	/* Nodes whose right subtrees were not visited yet. */
	uint64_t stack[MOST_LEVELS];
	unsigned int depth;
};

/* Pushes a node, its left child, the left child of this child, and so on. */
static bool push_left(struct rbtree_search *search, uint64_t node, struct error *err)
{
	const struct rbtree *tree = search->tree;

	while (node) {
		uint64_t address = node - search->offset;
		enum address_added added = address_set_add(&search->seen, node);

		if (added == ADDRESS_NO_MEMORY)
			return out_of_memory(err);
		if (added == ADDRESS_SEEN)
			return fail(err, ERROR_FORMAT, "the tree contains %" PRIx64 " twice", node);
		if (search->depth == MOST_LEVELS)
			return fail(err, ERROR_FORMAT, "the tree is deeper than possible");
		search->stack[search->depth++] = address;
		if ((tree->parents_first && !tree->visit(tree->arg, address, err)) ||
		    !kernel_read_member(search->kernel, address, tree->left, &node, err))
			return false;
	}
	return true;
}

static bool rbtree_visit_all(struct rbtree_search *search, uint64_t root, struct error *err)
{
	const struct rbtree *tree = search->tree;
	uint64_t address, right;

	if (!push_left(search, root, err))
		return false;
	while (search->depth) {
		address = search->stack[--search->depth];
		if (kernel_stopped(search->kernel))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		if ((!tree->parents_first && !tree->visit(tree->arg, address, err)) ||
		    !kernel_read_member(search->kernel, address, tree->right, &right, err) ||
		    !push_left(search, right, err))
			return false;
	}
	return true;
}

bool vma_visit_rbtree(struct kernel *kernel, const struct rbtree *tree, uint64_t root,
		      struct error *err)
{
	const struct member *node = kernel_member(kernel, tree->node, err);
	struct rbtree_search search = { .kernel = kernel, .tree = tree };
	bool done;

	if (!node)
		return false;
	search.offset = node->offset;
	done = rbtree_visit_all(&search, root, err);
	address_set_release(&search.seen);
	return done;
}
