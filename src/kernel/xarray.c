/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads xarrays (include/linux/xarray.h, since 4.20) and the radix trees before them (lib/radix-tree.c).
 * A node has 16 or 64 slots (XA_CHUNK_SHIFT, RADIX_TREE_MAP_SHIFT). A slot contains an entry, a pointer
 * to a node of the next lower level, or a mark. In an xarray, pointers to nodes and marks have 2 in
 * their two lowest bits. In a radix tree since 4.7, pointers to nodes have 1. Before, only the pointer
 * to the topmost node has it, and the height of the tree shows which levels contain entries. */
#include <inttypes.h>

#include "base/address_set.h"
#include "base/bytes.h"
#include "kernel/index_tree.h"
#include "kernel/kernel.h"
#include "kernel/kernel_members.h"

enum {
	MOST_SLOTS = 64,
	MOST_LEVELS = 16, /* of 64 bits, with 16 slots in a node */
};

/* A node on the path from the root to the current slot. */
struct chunk {
	uint64_t node, first; /* first: the index of its first slot */
	uint64_t slots; /* address of the slots */
	unsigned int shift; /* a slot has 2^shift indices */
	unsigned int slot; /* the next slot */
	uint8_t bytes[MOST_SLOTS * sizeof(uint64_t)];
};

struct chunks {
	struct kernel *kernel;
	const struct index_visitor *visitor;
	bool is_xarray, is_subtree;
	bool has_heights; /* nodes have no member shift */
	unsigned int word, nr_slots, bits; /* nr_slots is 2^bits */
	const struct member *parent; /* of a node; NULL: kernels before 3.5 */
	const struct member *shift, *slots;
	struct address_set seen; /* the nodes */
	unsigned int depth; /* number of levels in use; the current node is level[depth - 1] */
	struct chunk level[MOST_LEVELS];
};

bool index_visitor_goes_on(const struct index_visitor *visitor, const struct error *why,
			   struct error *err)
{
	if (visitor->damage && why->code != ERROR_SYSTEM && why->code != ERROR_UNKNOWN &&
	    why->code != ERROR_INTERRUPTED) {
		visitor->damage(visitor->arg, why);
		return true;
	}
	if (err)
		*err = *why;
	return false;
}

/* Is the entry a pointer to a node? In the lowest nodes of an xarray it never is: an IDR may have
 * pointers with any lowest bits there. */
static bool chunks_is_node(const struct chunks *chunks, uint64_t entry)
{
	const struct chunk *chunk = chunks->depth ? &chunks->level[chunks->depth - 1] : NULL;

	if (chunk && !chunk->shift)
		return false;
	if (chunks->is_xarray)
		return index_is_node(entry);
	return chunks->has_heights || (entry & 3) == 1;
}

static uint64_t chunks_slot(const struct chunks *chunks, unsigned int slot)
{
	const struct chunk *chunk = &chunks->level[chunks->depth - 1];

	return load_le(chunk->bytes + slot * chunks->word, chunks->word);
}

/* Is this slot a part of the entry in the slot `of`, which has several slots? */
static bool chunks_is_sibling(const struct chunks *chunks, unsigned int slot, unsigned int of)
{
	const struct chunk *chunk = &chunks->level[chunks->depth - 1];
	uint64_t to =
		chunks->is_xarray ? (uint64_t)of << 2 | 2 : (chunk->slots + of * chunks->word) | 1;

	return slot < chunks->nr_slots && !chunks->has_heights && chunks_slot(chunks, slot) == to;
}

static bool chunks_find_shift(const struct chunks *chunks, struct chunk *chunk, struct error *err)
{
	uint64_t shift = chunk->shift;

	if (!chunks->has_heights &&
	    !kernel_read_number(chunks->kernel, chunk->node + chunks->shift->offset,
				chunks->shift->size, &shift, err))
		return false;
	if (shift >= chunks->word * 8 || shift % chunks->bits ||
	    (chunks->depth && shift + chunks->bits != chunk[-1].shift))
		return fail(err, ERROR_FORMAT,
			    "the node at %" PRIx64 " has the wrong shift %" PRIu64, chunk->node,
			    shift);
	chunk->shift = (unsigned int)shift;
	return true;
}

static bool chunks_check_parent(const struct chunks *chunks, const struct chunk *chunk,
				struct error *err)
{
	uint64_t parent, wanted = chunks->depth ? chunk[-1].node : 0;

	if (!chunks->parent || (!chunks->depth && chunks->is_subtree))
		return true;
	if (!kernel_read_pointer(chunks->kernel, chunk->node + chunks->parent->offset, &parent,
				 err))
		return false;
	return parent == wanted ||
	       fail(err, ERROR_FORMAT,
		    "the node at %" PRIx64 " has the parent %" PRIx64 ", but should have %" PRIx64,
		    chunk->node, parent, wanted);
}

/* Enters the node below the current slot. `shift` is used if nodes have no member shift. */
static bool chunks_enter(struct chunks *chunks, uint64_t entry, uint64_t first, unsigned int shift,
			 struct error *err)
{
	struct chunk *chunk = &chunks->level[chunks->depth];

	if (chunks->depth == MOST_LEVELS)
		return fail(err, ERROR_FORMAT, "the tree is deeper than possible");
	chunk->node = kernel_untag(chunks->kernel, entry & ~(uint64_t)3);
	chunk->slots = chunk->node + chunks->slots->offset;
	chunk->first = first;
	chunk->shift = shift;
	chunk->slot = 0;
	if (!chunk->node)
		return fail(err, ERROR_FORMAT, "the tree contains a node at 0");
	switch (address_set_add(&chunks->seen, chunk->node)) {
	case ADDRESS_NO_MEMORY: return out_of_memory(err);
	case ADDRESS_SEEN:
		return fail(err, ERROR_FORMAT, "the tree contains the node at %" PRIx64 " twice",
			    chunk->node);
	case ADDRESS_NEW: break;
	}
	if (!chunks_find_shift(chunks, chunk, err) || !chunks_check_parent(chunks, chunk, err) ||
	    !kernel_read(chunks->kernel, chunk->slots, chunk->bytes,
			 (size_t)chunks->nr_slots * chunks->word, err))
		return false;
	chunks->depth++;
	return true;
}

/* Visits the next slot of the current node. Returns false if what is in the slot is damaged. */
static bool chunks_visit_slot(struct chunks *chunks, struct error *err)
{
	const struct index_visitor *visitor = chunks->visitor;
	struct chunk *chunk = &chunks->level[chunks->depth - 1];
	unsigned int slot = chunk->slot++;
	uint64_t entry = chunks_slot(chunks, slot);
	struct indexed indexed = { .first = chunk->first + ((uint64_t)slot << chunk->shift) };

	if (!entry)
		return true;
	if (indexed.first << (64 - 8 * chunks->word) >> (64 - 8 * chunks->word) >> chunk->shift !=
	    (chunk->first >> chunk->shift) + slot)
		return fail(err, ERROR_FORMAT,
			    "the node at %" PRIx64 " has an entry after the last index",
			    chunk->node);
	if (chunks_is_node(chunks, entry))
		return chunks_enter(chunks, entry, indexed.first, chunk->shift - chunks->bits, err);
	while (chunks_is_sibling(chunks, chunk->slot, slot))
		chunk->slot++;
	/* marks, such as XA_ZERO_ENTRY */
	if (chunks->is_xarray && (entry & 3) == 2 && !index_is_node(entry))
		return true;
	indexed.entry = kernel_untag(chunks->kernel, entry);
	indexed.last = chunk->first + ((uint64_t)chunk->slot << chunk->shift) - 1;
	return visitor->visit(visitor->arg, &indexed, err);
}

static bool chunks_visit(struct chunks *chunks, uint64_t head, unsigned int shift,
			 struct error *err)
{
	const struct index_visitor *visitor = chunks->visitor;
	struct error why;
	bool fine;

	if (!head || (chunks->is_xarray && (head & 3) == 2 && !index_is_node(head)))
		return true;
	fine = chunks_is_node(chunks, head) ?
		       chunks_enter(chunks, head, 0, shift, &why) :
		       visitor->visit(visitor->arg,
				      &(struct indexed){ kernel_untag(chunks->kernel, head), 0, 0 },
				      &why);
	for (;;) {
		if (!fine && !index_visitor_goes_on(visitor, &why, err))
			return false;
		while (chunks->depth && chunks->level[chunks->depth - 1].slot == chunks->nr_slots)
			chunks->depth--;
		if (!chunks->depth)
			return true;
		if (kernel_stopped(chunks->kernel))
			return fail(err, ERROR_INTERRUPTED, "interrupted");
		fine = chunks_visit_slot(chunks, &why);
	}
}

/* The size of the slots shows how many there are. */
static bool chunks_count_slots(struct chunks *chunks, struct error *err)
{
	chunks->word = kernel_pointer_size(chunks->kernel);
	if (!chunks->slots)
		return false;
	chunks->nr_slots = chunks->slots->size / chunks->word;
	chunks->bits = chunks->nr_slots == 16 ? 4 : 6;
	return chunks->nr_slots == 1U << chunks->bits ||
	       fail(err, ERROR_FORMAT, "the nodes of the tree would have %u slots, not 16 or 64",
		    chunks->nr_slots);
}

bool xarray_visit(struct kernel *kernel, uint64_t head, bool is_subtree,
		  const struct index_visitor *visitor, struct error *err)
{
	struct chunks chunks = {
		.kernel = kernel,
		.visitor = visitor,
		.is_xarray = true,
		.is_subtree = is_subtree,
		.parent = kernel_member_as(kernel, XARRAY_PARENT, MEMBER_POINTER, NULL),
		.shift = kernel_member_as(kernel, XARRAY_SHIFT, MEMBER_NUMBER, err),
	};
	bool done;

	if (!chunks.shift)
		return false;
	chunks.slots = kernel_member(kernel, XARRAY_SLOTS, err);
	done = chunks_count_slots(&chunks, err) && chunks_visit(&chunks, head, 0, err);
	address_set_release(&chunks.seen);
	return done;
}

bool radix_visit(struct kernel *kernel, uint64_t head, uint64_t height, bool is_subtree,
		 const struct index_visitor *visitor, struct error *err)
{
	struct chunks chunks = {
		.kernel = kernel,
		.visitor = visitor,
		.is_subtree = is_subtree,
		.parent = kernel_member_as(kernel, RADIX_PARENT, MEMBER_POINTER, NULL),
		.shift = kernel_member_as(kernel, RADIX_SHIFT, MEMBER_NUMBER, NULL),
		.slots = kernel_member(kernel, RADIX_SLOTS, err),
	};
	const struct indexed only = { kernel_untag(kernel, head), 0, 0 };
	struct error why;
	bool done;

	chunks.has_heights = !chunks.shift;
	if (!chunks_count_slots(&chunks, err))
		return false;
	if (chunks.has_heights && height > MOST_LEVELS)
		return fail(err, ERROR_FORMAT, "the tree would have the height %" PRIu64, height);
	if (head && chunks.has_heights && !height)
		return visitor->visit(visitor->arg, &only, &why) ||
		       index_visitor_goes_on(visitor, &why, err);
	done = chunks_visit(&chunks, head, (unsigned int)(height - 1) * chunks.bits, err);
	address_set_release(&chunks.seen);
	return done;
}
