/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's red-black trees: include/linux/rbtree.h. */
#pragma once

#include "kernel/member.h"

struct rbtree {
	/* Ids of members of the structs in the tree: the struct rb_node, and its two pointers. */
	unsigned int node, left, right;
	bool parents_first; /* visit parents before their children; otherwise in order */
	/* Visits the struct at address. Returns false and sets err to end the visit. */
	bool (*visit)(void *arg, uint64_t address, struct error *err);
	void *arg;
};

/* Visits the structs of a tree. root: address of the topmost node, or 0 if the tree is empty. Fails
 * if nodes cannot be read or form a circle, if the user stops the work, or if there is not enough
 * memory. */
bool vma_visit_rbtree(struct kernel *kernel, const struct rbtree *tree, uint64_t root,
		      struct error *err);
