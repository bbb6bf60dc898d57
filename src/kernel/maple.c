/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads maple trees: include/linux/maple_tree.h and lib/maple_tree.c of 6.1 to 6.12. A node has 256
 * bytes. The low byte of a pointer to a node contains the type of the node. The layout depends only
 * on the word size. It is written down here, because only the debug information of lib/maple_tree.c
 * contains it, and finding it there takes half a second. A kernel with another layout is detected,
 * because each node must point back to its parent, and pivots must be in order. */
#include <inttypes.h>

#include "base/bytes.h"
#include "kernel/index_tree.h"
#include "kernel/kernel.h"
#include "kernel/kernel_members.h"

enum {
	NODE_MASK = 0xff, /* MAPLE_NODE_MASK */
	NODE_SIZE = 256,
	TYPE_SHIFT = 3, /* MAPLE_NODE_TYPE_SHIFT */
	TYPE_MASK = 0xf, /* MAPLE_NODE_TYPE_MASK */
	LEAF_64 = 1, /* this value and the next two are from enum maple_type */
	RANGE_64 = 2,
	ARANGE_64 = 3,
	ROOT_PARENT = 1, /* MA_ROOT_PARENT */
	MOST_LEVELS = 31, /* MAPLE_HEIGHT_MAX */
	MOST_NODES = 1 << 21,
};

/* A node on the path from the root to the current node, and the position in the node. */
struct level {
	uint64_t node; /* address of the node, without its type */
	uint64_t last; /* last address of the range that the node describes */
	uint64_t next; /* first address of the range of the next slot */
	unsigned int type;
	unsigned int slot;
	bool done; /* all slots were visited */
	uint8_t bytes[NODE_SIZE];
};

struct climb {
	struct kernel *kernel;
	const struct index_visitor *visitor;
	uint64_t tree;
	unsigned int word;
	unsigned int depth; /* number of levels in use; the current node is level[depth - 1] */
	uint32_t nr_nodes;
	struct level level[MOST_LEVELS];
};

static unsigned int nr_slots(const struct climb *climb, unsigned int type)
{
	if (type == ARANGE_64)
		return climb->word == 8 ? 10 : 21; /* MAPLE_ARANGE64_SLOTS */
	return climb->word == 8 ? 16 : 32; /* MAPLE_RANGE64_SLOTS */
}

static uint64_t maple_slot_of(const struct climb *climb, const struct level *level)
{
	size_t at = nr_slots(climb, level->type) + level->slot;

	return kernel_untag(climb->kernel, load_le(level->bytes + at * climb->word, climb->word));
}

static bool check_parent(const struct climb *climb, const struct level *level, struct error *err)
{
	uint64_t parent = kernel_untag(climb->kernel, load_le(level->bytes, climb->word));
	uint64_t wanted = climb->tree | ROOT_PARENT, address = climb->tree;

	if (climb->depth) {
		parent &= ~(uint64_t)NODE_MASK;
		address = wanted = climb->level[climb->depth - 1].node;
	}
	if (parent == wanted)
		return true;
	return fail(err, ERROR_FORMAT,
		    "the maple node at %" PRIx64 " has the parent %" PRIx64
		    ", but should have the %s at %" PRIx64,
		    level->node, parent, climb->depth ? "node" : "tree", address);
}

static bool enter_node(struct climb *climb, uint64_t encoded, uint64_t first, uint64_t last,
		       struct error *err)
{
	struct level *level = &climb->level[climb->depth];

	if (climb->depth == MOST_LEVELS || climb->nr_nodes++ == MOST_NODES)
		return fail(err, ERROR_FORMAT, "the maple tree is deeper or larger than possible");
	level->node = encoded & ~(uint64_t)NODE_MASK;
	level->type = encoded >> TYPE_SHIFT & TYPE_MASK;
	level->next = first;
	level->last = last;
	level->slot = 0;
	level->done = false;
	if (level->type < LEAF_64 || level->type > ARANGE_64)
		return fail(err, ERROR_FORMAT,
			    "the maple node at %" PRIx64 " has the unknown type %u", level->node,
			    level->type);
	if (!kernel_read(climb->kernel, level->node, level->bytes, NODE_SIZE, err)) {
		if (err->code == ERROR_UNREADABLE && kernel_is_unmapped(climb->kernel, level->node))
			err->code = ERROR_FORMAT;
		return false;
	}
	if (!check_parent(climb, level, err))
		return false;
	climb->depth++;
	return true;
}

static bool maple_visit_entry(struct climb *climb, uint64_t entry, uint64_t first, uint64_t last,
			      struct error *err)
{
	const struct index_visitor *visitor = climb->visitor;

	if (!entry || ((entry & 3) == 2 && !index_is_node(entry)))
		return true;
	return visitor->visit(visitor->arg, &(struct indexed){ entry, first, last }, err);
}

/* Finds the last address of the range of a slot. This address is the pivot of the slot. The last
 * slot in use has no pivot: its range ends where the range of the node ends. */
static bool find_slot_last(const struct climb *climb, const struct level *level, uint64_t *last,
			   struct error *err)
{
	unsigned int word = climb->word;

	*last = level->last;
	if (level->slot < nr_slots(climb, level->type) - 1)
		*last = load_le(level->bytes + (1 + level->slot) * word, word);
	if (!*last && level->slot)
		*last = level->last;
	if (*last >= level->next && *last <= level->last)
		return true;
	return fail(err, ERROR_FORMAT,
		    "the maple node at %" PRIx64 " has pivot %" PRIx64 " out of order", level->node,
		    *last);
}

/* Visits the next slot of the current node. Returns false if the slot is damaged. */
static bool maple_visit_slot(struct climb *climb, struct error *err)
{
	struct level *level = &climb->level[climb->depth - 1];
	uint64_t first = level->next, last, entry;

	if (!find_slot_last(climb, level, &last, err)) {
		level->done = true;
		return false;
	}
	entry = maple_slot_of(climb, level);
	level->next = last + 1;
	level->slot++;
	level->done = last == level->last;
	if (level->type == LEAF_64)
		return maple_visit_entry(climb, entry, first, last, err);
	return !entry || enter_node(climb, entry, first, last, err);
}

/* Visits all entries of the tree. If a node is damaged, skips the entries below it. */
static bool climb_all(struct climb *climb, uint64_t root, struct error *err)
{
	uint64_t top = climb->word == 8 ? UINT64_MAX : UINT32_MAX;
	struct error why;
	bool fine = enter_node(climb, root, 0, top, &why);

	for (;;) {
		if (!fine && !index_visitor_goes_on(climb->visitor, &why, err))
			return false;
		while (climb->depth && climb->level[climb->depth - 1].done)
			climb->depth--;
		if (!climb->depth)
			return true;
		if (kernel_stopped(climb->kernel))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		fine = maple_visit_slot(climb, &why);
	}
}

bool maple_visit(struct kernel *kernel, uint64_t tree, const struct index_visitor *visitor,
		 struct error *err)
{
	struct climb climb = {
		.kernel = kernel,
		.visitor = visitor,
		.tree = tree,
		.word = kernel_pointer_size(kernel),
	};
	struct error why;
	uint64_t root;

	if (!kernel_read_member(kernel, tree, MAPLE_ROOT, &root, err))
		return false;
	if (index_is_node(root))
		return climb_all(&climb, root, err);
	/* A root that is not a node is the entry of the index 0, and the tree has no other. */
	return maple_visit_entry(&climb, root, 0, 0, &why) ||
	       index_visitor_goes_on(visitor, &why, err);
}
