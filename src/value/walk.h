/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Visits the elements of lists and trees that are described by the types of their structs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "types/ctype.h"

struct kernel;

/* A place in a struct. */
struct walk_place {
	uint64_t offset;
	struct ctype type; /* the type of the member; void if the place was given as a number */
};

/* Reads a place: TYPE.MEMBER, such as "task_struct.tasks" or "hlist_bl_head.first", or a number of
 * bytes, which is hexadecimal if it begins with 0x. */
bool walk_place_find(struct kernel *kernel, const char *text, struct walk_place *place,
		     struct error *err);

struct walk_element {
	uint64_t address; /* of the struct; with is_number: the entry of the tree */
	bool is_number; /* the entry of the tree is a number and no pointer */
	bool has_index;
	uint64_t first, last; /* with has_index: the range of indices */
};

struct walk_visitor {
	/* Returns false to end the visit without an error. */
	bool (*visit)(void *arg, const struct walk_element *element);
	void *arg;
};

enum walk_start {
	WALK_FIRST, /* the first struct; the member at `place` points to the next struct */
	WALK_ELEMENT, /* a struct of the list, which is a ring; the member is a list_head */
	WALK_HEAD, /* the list_head that is the head of the list */
};

struct walk_list {
	enum walk_start form;
	uint64_t start;
	struct walk_place place; /* the member that links the structs */
	bool backward;
	uint64_t end; /* the list also ends before this struct or list_head; 0: none */
};

/* Visits the elements of a list. Members of a type with a member next and no member prev, such as
 * hlist_node, are chains that end with NULL. A list_head must be the prev of its next. If the list is
 * damaged or an element cannot be read, visits the elements before, and fails. The error names the
 * last element that was visited. */
bool walk_list(struct kernel *kernel, const struct walk_list *list,
	       const struct walk_visitor *visitor, struct error *err);

enum walk_tree_kind { WALK_RBTREE = 1, WALK_MAPLE, WALK_XARRAY, WALK_RADIX };

struct walk_tree {
	enum walk_tree_kind kind;
	uint64_t root; /* the address of the rb_root, maple_tree, xarray or radix_tree_root */
	bool is_node; /* root is the address of a node, and what is below it is visited */
	uint64_t offset; /* of the rb_node in the structs */
};

/* Visits the elements of a tree in order. Elements below a damaged node are left out, and the damage
 * is added to *damages with the element before. Fails if there is no tree of this kind, or if the user
 * stops the work. A radix tree since 4.20 is an xarray. */
bool walk_tree(struct kernel *kernel, const struct walk_tree *tree,
	       const struct walk_visitor *visitor, struct damages *damages, struct error *err);
