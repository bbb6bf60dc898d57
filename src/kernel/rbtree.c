/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/rbtree.h"

#include <inttypes.h>

#include "base/address_set.h"
#include "kernel/kernel.h"
#include "kernel/kernel_members.h"

enum { MOST_LEVELS = 64 }; /* limit; a tree of 2^32 nodes has at most 64 levels */

struct rbtree_search {
	struct kernel *kernel;
	const struct rbtree *tree;
	struct address_set seen;
	/* Nodes whose right subtrees were not visited yet. */
	uint64_t stack[MOST_LEVELS];
	unsigned int depth;
	bool ended; /* the visit must end; it is not only damaged */
};

/* The first word of a node is its parent. Since 2.6.18 the two lowest bits are the colour. */
static bool rbtree_check_parent(const struct rbtree_search *search, uint64_t node, uint64_t parent,
				struct error *err)
{
	uint64_t found;

	if (!search->tree->check_parents || (!parent && search->tree->is_subtree))
		return true;
	if (!kernel_read_pointer(search->kernel, node, &found, err))
		return false;
	found &= ~(uint64_t)3;
	return found == parent ||
	       fail(err, ERROR_FORMAT,
		    "the node at %" PRIx64 " has the parent %" PRIx64 ", but should have %" PRIx64,
		    node, found, parent);
}

static bool rbtree_visit_one(struct rbtree_search *search, uint64_t node, struct error *err)
{
	const struct rbtree *tree = search->tree;

	if (!tree->visit(tree->arg, node - tree->node, err))
		search->ended = true;
	return !search->ended;
}

/* Pushes a node, its left child, the left child of this child, and so on. */
static bool push_left(struct rbtree_search *search, uint64_t node, uint64_t parent,
		      struct error *err)
{
	uint64_t left;

	while (node) {
		enum address_added added = address_set_add(&search->seen, node);

		if (added == ADDRESS_NO_MEMORY) {
			search->ended = true;
			return out_of_memory(err);
		}
		if (added == ADDRESS_SEEN)
			return fail(err, ERROR_FORMAT, "the tree contains %" PRIx64 " twice", node);
		if (search->depth == MOST_LEVELS)
			return fail(err, ERROR_FORMAT, "the tree is deeper than possible");
		if (!rbtree_check_parent(search, node, parent, err) ||
		    !kernel_read_member(search->kernel, node, RB_LEFT, &left, err) ||
		    (search->tree->parents_first && !rbtree_visit_one(search, node, err)))
			return false;
		search->stack[search->depth++] = parent = node;
		node = left;
	}
	return true;
}

static bool visit_next(struct rbtree_search *search, struct error *err)
{
	uint64_t node = search->stack[--search->depth], right;

	if (kernel_stopped(search->kernel)) {
		search->ended = true;
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	}
	return (search->tree->parents_first || rbtree_visit_one(search, node, err)) &&
	       kernel_read_member(search->kernel, node, RB_RIGHT, &right, err) &&
	       push_left(search, right, node, err);
}

bool rbtree_visit(struct kernel *kernel, const struct rbtree *tree, uint64_t root,
		  struct error *err)
{
	struct rbtree_search search = { .kernel = kernel, .tree = tree };
	struct error why;
	bool fine;

	if (!kernel_member_as(kernel, RB_LEFT, MEMBER_POINTER, err) ||
	    !kernel_member_as(kernel, RB_RIGHT, MEMBER_POINTER, err))
		return false;
	fine = push_left(&search, root, 0, &why);
	while (fine ? search.depth > 0 : !search.ended && tree->damage) {
		if (!fine)
			tree->damage(tree->arg, &why);
		fine = !search.depth || visit_next(&search, &why);
	}
	address_set_release(&search.seen);
	if (!fine && err)
		*err = why;
	return fine;
}
