/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Visits the kernel's trees that map an index, or a range of indices, to an entry: maple trees,
 * xarrays, and radix trees. An entry is a word: a pointer, or a number with bit 0 set. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

struct indexed {
	uint64_t entry; /* if it is a pointer, without its tag */
	uint64_t first, last; /* the range of indices */
};

/* Is the entry of a maple tree or xarray a pointer to a node (xa_is_node() in
 * include/linux/xarray.h)? Lower values are marks, such as XA_ZERO_ENTRY. */
static inline bool index_is_node(uint64_t entry)
{
	return (entry & 3) == 2 && entry > 4096;
}

/* Receives the entries of a tree, in the order of indices. */
struct index_visitor {
	/* Returns false and sets err if the entry is wrong, or to end the visit: see damage. */
	bool (*visit)(void *arg, const struct indexed *indexed, struct error *err);
	/* Receives the reason why an entry, or the entries below a node, are left out. If it is
	 * NULL, or if the reason is one of ERROR_SYSTEM, ERROR_UNKNOWN and ERROR_INTERRUPTED, the
	 * visit ends and fails. */
	void (*damage)(void *arg, const struct error *why);
	void *arg;
};

/* For the files of trees: reports a damage. Returns false if the visit ends, and sets err. */
bool index_visitor_goes_on(const struct index_visitor *visitor, const struct error *why,
			   struct error *err);

/* A struct maple_tree: since 6.1 (54a611b60590). */
bool maple_visit(struct kernel *kernel, uint64_t tree, const struct index_visitor *visitor,
		 struct error *err);
/* An xarray: since 4.20. head: its xa_head. is_subtree: head is a node that may have a parent. Then
 * indices are counted from the first index of the node. */
bool xarray_visit(struct kernel *kernel, uint64_t head, bool is_subtree,
		  const struct index_visitor *visitor, struct error *err);
/* A radix tree before 4.20. `height` is only used if the nodes have no member shift. */
bool radix_visit(struct kernel *kernel, uint64_t head, uint64_t height, bool is_subtree,
		 const struct index_visitor *visitor, struct error *err);
