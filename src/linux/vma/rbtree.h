/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's red-black trees: include/linux/rbtree.h. */
#pragma once

#include "kernel/member.h"

struct rbtree {
	/* Of the structs in the tree: their struct rb_node, and its pointers. */
	unsigned int node, left, right;
	bool parents_first; /* else in order */
	/* False with err ends the visit. */
	bool (*visit)(void *arg, uint64_t address, struct error *err);
	void *arg;
};

/* Visits the structs of the tree whose uppermost node is at root; 0: it is empty. Fails
 * where nodes cannot be read or lead back, when stopped, or when out of memory. */
bool vma_visit_rbtree(struct kernel *kernel, const struct rbtree *tree, uint64_t root,
		      struct error *err);
