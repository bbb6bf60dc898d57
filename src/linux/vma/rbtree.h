/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's red-black trees: include/linux/rbtree.h. */
#pragma once

#include "kernel/member.h"

struct rbtree {
	/* Offsets in the structs of the tree: the struct rb_node, and its two pointers. */
	unsigned int node, left, right;
	bool parents_first; /* visit parents before children; otherwise in order */
	/* False with err ends the visit. */
	bool (*visit)(void *arg, uint64_t address, struct error *err);
	void *arg;
};

/* Visits the structs of the tree; root: address of the topmost node; 0: empty. Fails if nodes
 * cannot be read or form a circle, if stopped, or out of memory. */
bool vma_visit_rbtree(struct kernel *kernel, const struct rbtree *tree, uint64_t root,
		      struct error *err);
