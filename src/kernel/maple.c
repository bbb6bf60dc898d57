/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The maple tree of an mm_struct. include/linux/maple_tree.h and
 * lib/maple_tree.c, 6.1 to 6.12: nodes of 256 bytes, and in the low byte of a
 * pointer to one its type. Their layout hangs on the word size alone; debug
 * information describes it in lib/maple_tree.c only, half a second away. So it
 * is taken from here, and every node and entry must prove it: a node by
 * pointing back to where it hangs, an entry by the range that it says itself.
 */
#include "kernel/vma.h"

#include <inttypes.h>

enum {
	NODE_MASK = 0xff,    /* MAPLE_NODE_MASK */
	NODE_SIZE = 256,
	TYPE_SHIFT = 3,      /* MAPLE_NODE_TYPE_SHIFT */
	TYPE_MASK = 0xf,     /* MAPLE_NODE_TYPE_MASK */
	LEAF_64 = 1,         /* enum maple_type */
	RANGE_64 = 2,
	ARANGE_64 = 3,
	ROOT_PARENT = 1,     /* MA_ROOT_PARENT */
	LAST_RESERVED = 4096, /* XA_ZERO_ENTRY and the like are below */
	MOST_LEVELS = 31,    /* MAPLE_HEIGHT_MAX */
	MOST_NODES = 1 << 21,
};

/* A node on the way from the root, with its place in it. */
struct level {
	uint64_t node;       /* without type */
	uint64_t first, last; /* the range it stands for */
	uint64_t next;       /* start of the slot's range */
	unsigned int type;
	unsigned int slot;
	uint8_t bytes[NODE_SIZE];
};

struct climb {
	struct kernel *kernel;
	struct vma_list *list;
	uint64_t mm, tree;
	unsigned int word;
	unsigned int depth;  /* levels in use */
	uint32_t nr_nodes;
	struct level level[MOST_LEVELS];
};

static unsigned int nr_slots(const struct climb *climb, unsigned int type)
{
	if (type == ARANGE_64)
		return climb->word == 8 ? 10 : 21; /* MAPLE_ARANGE64_SLOTS */
	return climb->word == 8 ? 16 : 32;         /* MAPLE_RANGE64_SLOTS */
}

static uint64_t pivot_of(const struct climb *climb, const struct level *level,
			 unsigned int slot)
{
	return load_le(level->bytes + (size_t)(1 + slot) * climb->word,
		       climb->word);
}

static uint64_t slot_of(const struct climb *climb, const struct level *level)
{
	size_t at = nr_slots(climb, level->type) + level->slot;

	return load_le(level->bytes + at * climb->word, climb->word);
}

/* Is the root a node, and not an entry? xa_is_node(), include/linux/xarray.h */
static bool is_node(uint64_t entry)
{
	return (entry & 3) == 2 && entry > LAST_RESERVED;
}

static bool check_parent(const struct climb *climb, const struct level *level,
			 struct error *err)
{
	uint64_t parent = load_le(level->bytes, climb->word);
	uint64_t wanted = climb->tree | ROOT_PARENT;

	if (climb->depth) {
		parent &= ~(uint64_t)NODE_MASK;
		wanted = climb->level[climb->depth - 1].node;
	}
	if (parent == wanted)
		return true;
	return fail(err, ERROR_FORMAT,
		    "the maple node at %" PRIx64 " hangs on %" PRIx64
		    " but points to %" PRIx64, level->node, wanted, parent);
}

static bool enter(struct climb *climb, uint64_t encoded, uint64_t first,
		  uint64_t last, struct error *err)
{
	struct level *level = &climb->level[climb->depth];

	if (climb->depth == MOST_LEVELS || climb->nr_nodes++ == MOST_NODES)
		return fail(err, ERROR_FORMAT,
			    "the maple tree is higher or larger than any can be");
	level->node = encoded & ~(uint64_t)NODE_MASK;
	level->type = encoded >> TYPE_SHIFT & TYPE_MASK;
	level->first = level->next = first;
	level->last = last;
	level->slot = 0;
	if (level->type < LEAF_64 || level->type > ARANGE_64)
		return fail(err, ERROR_FORMAT,
			    "the maple node at %" PRIx64 " is of unknown type %u",
			    level->node, level->type);
	if (!kernel_read(climb->kernel, level->node, level->bytes, NODE_SIZE,
			 err) ||
	    !check_parent(climb, level, err))
		return false;
	climb->depth++;
	return true;
}

static bool take_entry(struct climb *climb, uint64_t entry, uint64_t first,
		       uint64_t last, struct error *err)
{
	struct vma_list *list = climb->list;
	const struct vma *vma;

	if (!entry || ((entry & 3) == 2 && entry <= LAST_RESERVED))
		return true;
	if (!vma_list_add(climb->kernel, list, climb->mm, entry, err))
		return false;
	vma = &list->vma[list->nr - 1];
	if (vma->start == first && vma->last == last)
		return true;
	return fail(err, ERROR_FORMAT,
		    "the maple tree has the vm_area_struct at %" PRIx64
		    " at %" PRIx64 ", but it says %" PRIx64,
		    entry, first, vma->start);
}

static void note(struct climb *climb, const struct error *why)
{
	struct error cut;

	fail(&cut, why->code, "mappings are missing after %" PRIx64 ": %s",
	     climb->list->nr ? climb->list->vma[climb->list->nr - 1].last : 0,
	     why->message);
	damages_add(&climb->list->damages, &cut);
}

/* A pivot is the last address of its slot; the last slot in use has none. */
static bool slot_range(const struct climb *climb, struct level *level,
		       uint64_t *last, bool *is_last, struct error *err)
{
	unsigned int slots = nr_slots(climb, level->type);
	uint64_t pivot = level->last;

	if (level->slot < slots - 1)
		pivot = pivot_of(climb, level, level->slot);
	if (!pivot && level->slot)
		pivot = level->last;
	if (pivot < level->next || pivot > level->last)
		return fail(err, ERROR_FORMAT,
			    "the maple node at %" PRIx64
			    " has pivot %" PRIx64 " out of order",
			    level->node, pivot);
	*last = pivot;
	*is_last = pivot == level->last || level->slot == slots - 1;
	return true;
}

/* Takes one slot of the deepest node. False: damage. */
static bool step(struct climb *climb, struct error *err)
{
	struct level *level = &climb->level[climb->depth - 1];
	uint64_t first = level->next, last = first, entry;
	bool is_last = false;

	if (!slot_range(climb, level, &last, &is_last, err)) {
		climb->depth--;
		return false;
	}
	entry = slot_of(climb, level);
	if (is_last)
		level->slot = UINT32_MAX;
	else
		level->slot++;
	level->next = last + 1;
	if (level->type == LEAF_64)
		return take_entry(climb, entry, first, last, err);
	if (!entry)
		return true;
	return enter(climb, entry, first, last, err);
}

/* What hangs below a damaged node is left out, all else is found. */
static bool climb_all(struct climb *climb, uint64_t root,
		      const struct watch *watch, struct error *err)
{
	uint64_t top = climb->word == 8 ? UINT64_MAX : UINT32_MAX;
	struct error why;
	bool fine = enter(climb, root, 0, top, &why);

	for (;;) {
		if (!fine) {
			if (why.code == ERROR_SYSTEM || why.code == ERROR_UNKNOWN) {
				*err = why;
				return false;
			}
			note(climb, &why);
		}
		while (climb->depth &&
		       climb->level[climb->depth - 1].slot == UINT32_MAX)
			climb->depth--;
		if (!climb->depth)
			return true;
		if (watch && watch->stop(watch->arg))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		fine = step(climb, &why);
	}
}

bool vma_list_from_maple(struct kernel *kernel, uint64_t mm, uint64_t tree,
			 const struct watch *watch, struct vma_list *list,
			 struct error *err)
{
	struct climb climb = {
		.kernel = kernel, .list = list, .mm = mm, .tree = tree,
		.word = kernel_pointer_size(kernel),
	};
	uint64_t root;

	if (!kernel_read_member(kernel, tree, MAPLE_ROOT, &root, err))
		return false;
	if (!root)
		return true;
	if (is_node(root))
		return climb_all(&climb, root, watch, err);
	/* The only entry there is, at address 0: no mapping is so short. */
	return fail(err, ERROR_FORMAT,
		    "the maple tree at %" PRIx64 " has root %" PRIx64
		    ", which is no node", tree, root);
}
