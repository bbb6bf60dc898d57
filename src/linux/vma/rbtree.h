/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Visits the nodes of the kernel's red-black trees: include/linux/rbtree.h. */
#pragma once

#include "kernel/member.h"

struct rbtree {
	/* Ids of members: the rb_node in the structs of the tree, and the two pointers in
	 * rb_node. */
	unsigned int node, left, right;
	bool parents_first; /* visit parents before children; false: in order of the tree */
	/* Visits the struct at this address. To end the visit, returns false and sets err. */
	bool (*visit)(void *arg, uint64_t address, struct error *err);
	void *arg;
};

/* Visits the structs in a tree. root: address of the topmost rb_node, or 0 if the tree is empty.
 * Fails if nodes cannot be read or form a loop, if the user stops the work, if there is not enough
 * memory, or if tree->visit returns false. */
bool vma_visit_rbtree(struct kernel *kernel, const struct rbtree *tree, uint64_t root,
		      struct error *err);
