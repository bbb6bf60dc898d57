/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Visits the nodes of the kernel's red-black trees: include/linux/rbtree.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

struct rbtree {
	uint64_t node; /* offset of the rb_node in the structs of the tree */
	bool parents_first; /* visit parents before children; false: in order of the tree */
	/* Each node must point to its parent. Only with this check, a node that was freed or
	 * overwritten is always found. */
	bool check_parents;
	bool is_subtree; /* with check_parents: the root may have a parent */
	/* Visits the struct at this address. To end the visit, returns false and sets err. */
	bool (*visit)(void *arg, uint64_t address, struct error *err);
	/* Receives the reason why nodes below a node are left out. NULL: the first damage ends the
	 * visit. */
	void (*damage)(void *arg, const struct error *why);
	void *arg;
};

/* Visits the structs in a tree. root: address of the topmost rb_node, or 0 if the tree is empty.
 * Fails if nodes cannot be read or form a loop (unless tree->damage receives this), if the user
 * stops the work, if there is not enough memory, or if tree->visit returns false. */
bool rbtree_visit(struct kernel *kernel, const struct rbtree *tree, uint64_t root,
		  struct error *err);
