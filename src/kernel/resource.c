/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/resource.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"

enum { MAX_RESOURCES = 1 << 16, MAX_RESOURCE_SIZE = 256 };

static const char *const root_symbols[NR_RESOURCE_KINDS] = {
	[RESOURCE_MEMORY] = "iomem_resource",
	[RESOURCE_PORTS] = "ioport_resource",
};

/* Where the members of struct resource are. */
struct layout {
	uint64_t last; /* of these, the one furthest back */
	uint64_t start, end, name, parent, sibling, child;
	uint64_t address_size; /* sizeof(resource_size_t): 8 with PAE */
	unsigned int pointer_size;
};

static bool layout_of_types(struct kernel *kernel, struct layout *layout)
{
	const struct {
		const char *member;
		uint64_t *offset;
	} members[] = {
		{ "start", &layout->start },   { "end", &layout->end },
		{ "name", &layout->name },     { "parent", &layout->parent },
		{ "sibling", &layout->sibling }, { "child", &layout->child },
	};

	layout->last = 0;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (!kernel_member_offset(kernel, "resource", members[i].member,
					  members[i].offset) ||
		    *members[i].offset > MAX_RESOURCE_SIZE - 8)
			return false;
		if (*members[i].offset > layout->last)
			layout->last = *members[i].offset;
	}
	layout->address_size = layout->end - layout->start;
	return layout->address_size == 4 || layout->address_size == 8;
}

/* Without debug information: start, end, name, flags, desc (since
 * 4.6), parent, sibling, child. The size tells which. */
static bool layout_of_size(uint64_t size, struct layout *layout)
{
	uint64_t pointer = layout->pointer_size;

	for (uint64_t address = pointer; address <= 8; address += 4)
		for (uint64_t longs = 1; longs <= 2; longs++) {
			if (size != 2 * address + (4 + longs) * pointer)
				continue;
			layout->address_size = address;
			layout->start = 0;
			layout->end = address;
			layout->name = 2 * address;
			layout->parent = layout->name + (1 + longs) * pointer;
			layout->sibling = layout->parent + pointer;
			layout->child = layout->sibling + pointer;
			layout->last = layout->child;
			return true;
		}
	return false;
}

static bool find_layout(struct kernel *kernel, const struct kernel_symbol *root,
			struct layout *layout, struct error *err)
{
	layout->pointer_size = kernel_pointer_size(kernel);
	return layout_of_types(kernel, layout) ||
	       layout_of_size(root->size, layout) ||
	       fail(err, ERROR_UNKNOWN,
		    "the layout of struct resource is not known: vmlinux has no debug information, and %s has a size of none",
		    root->name);
}

struct raw_resource {
	uint64_t start, end, name, parent, sibling, child;
};

static bool read_raw(struct kernel *kernel, const struct layout *layout,
		      uint64_t address, struct raw_resource *raw, struct error *err)
{
	uint8_t bytes[MAX_RESOURCE_SIZE + 8] = { 0 };

	if (!kernel_read(kernel, address, bytes,
			 layout->last == layout->end ?
				 layout->last + layout->address_size :
				 layout->last + layout->pointer_size,
			 err))
		return false;
	raw->start = load_le(bytes + layout->start, layout->address_size);
	raw->end = load_le(bytes + layout->end, layout->address_size);
	raw->name = load_le(bytes + layout->name, layout->pointer_size);
	raw->parent = load_le(bytes + layout->parent, layout->pointer_size);
	raw->sibling = load_le(bytes + layout->sibling, layout->pointer_size);
	raw->child = load_le(bytes + layout->child, layout->pointer_size);
	return true;
}

static bool add(struct resource_tree *tree, const struct resource *resource)
{
	size_t room = tree->room ? 2 * tree->room : 64;
	struct resource *moved;

	if (tree->nr == tree->room) {
		if (tree->nr >= MAX_RESOURCES)
			return false;
		moved = realloc(tree->resource, room * sizeof(*moved));
		if (!moved)
			return false;
		tree->resource = moved;
		tree->room = room;
	}
	tree->resource[tree->nr++] = *resource;
	return true;
}

static void cut(struct resource_tree *tree, const struct error *err)
{
	if (!tree->nr_damages++)
		tree->damage = *err;
}

/* What lies in it from there on may have a name that is not known. */
static void cut_children(struct resource_tree *tree, size_t nr, uint64_t from)
{
	if (nr >= tree->nr)
		return;
	tree->resource[nr].cut = true;
	tree->resource[nr].cut_from = from;
}

/* One level of the way down. */
struct place {
	uint64_t parent; /* address of the struct resource... */
	size_t parent_nr; /* ...and where it is in the tree; no one is the root */
	uint64_t next;   /* child to look at */
	uint64_t floor;  /* it must start here or above */
	bool full;       /* the one before ended at the last address of all */
};

/*
 * Siblings are in order and do not overlap, and each knows its parent: who
 * insists on that cannot be led in circles, nor twice to the same.
 */
static bool fits(const struct place *place, const struct raw_resource *raw,
		 struct error *err)
{
	if (raw->parent != place->parent)
		return fail(err, ERROR_FORMAT,
			    "the resource at %" PRIx64 " is a child of %" PRIx64
			    " and names %" PRIx64 " as its parent",
			    place->next, place->parent, raw->parent);
	if (place->full || raw->start < place->floor || raw->end < raw->start)
		return fail(err, ERROR_FORMAT,
			    "the resource at %" PRIx64
			    " (%" PRIx64 " to %" PRIx64
			    ") is out of order: its list loops or is damaged",
			    place->next, raw->start, raw->end);
	return true;
}

/* Takes one resource of the list that place goes through and moves it on; the
 * way goes down to *child if that is not 0. False: the list ends here. */
static bool visit(struct kernel *kernel, const struct layout *layout,
		  struct resource_tree *tree, struct place *place,
		  unsigned int depth, uint64_t *child)
{
	struct resource resource = { .address = place->next, .depth = depth };
	struct raw_resource raw;
	struct error err;

	if (!read_raw(kernel, layout, place->next, &raw, &err) ||
	    !fits(place, &raw, &err)) {
		cut(tree, &err);
		cut_children(tree, place->parent_nr, place->floor);
		return false;
	}
	resource.start = raw.start;
	resource.end = raw.end;
	if (raw.name)
		kernel_read_text(kernel, raw.name, resource.name,
				 sizeof(resource.name));
	else
		strcpy(resource.name, "<BAD>"); /* as r_show() has it */
	if (!add(tree, &resource)) {
		fail(&err, ERROR_FORMAT, "more than %zu resources", tree->nr);
		cut(tree, &err);
		cut_children(tree, place->parent_nr, place->floor);
		return false;
	}
	*child = raw.child;
	place->next = raw.sibling;
	place->floor = raw.end + 1;
	place->full = raw.end == UINT64_MAX;
	return true;
}

static void read_tree(struct kernel *kernel, const struct layout *layout,
		      struct resource_tree *tree, uint64_t root, uint64_t first)
{
	struct place place[MAX_RESOURCE_DEPTH];
	unsigned int depth = 0;
	struct error err;

	place[0] = (struct place){ root, SIZE_MAX, .next = first };
	for (;;) {
		uint64_t at = place[depth].next, child;

		if (!at || !visit(kernel, layout, tree, &place[depth], depth,
				  &child)) {
			if (depth-- == 0)
				return;
		} else if (child && depth + 1 == MAX_RESOURCE_DEPTH) {
			fail(&err, ERROR_FORMAT,
			     "resources nest deeper than %d levels at %" PRIx64,
			     MAX_RESOURCE_DEPTH, at);
			cut(tree, &err);
			cut_children(tree, tree->nr - 1, 0);
		} else if (child) {
			place[++depth] = (struct place){ at, tree->nr - 1,
							 .next = child };
		}
	}
}

static bool find_tree(struct kernel *kernel, enum resource_kind kind,
		      struct resource_tree *tree, struct error *err)
{
	struct raw_resource raw;
	struct kernel_symbol root;
	struct layout layout;

	if (!kernel_symbol_find(kernel, root_symbols[kind], &root, err) ||
	    !find_layout(kernel, &root, &layout, err) ||
	    !read_raw(kernel, &layout, root.address, &raw, err))
		return false;
	tree->root_end = raw.end;
	read_tree(kernel, &layout, tree, root.address, raw.child);
	return true;
}

const struct resource_tree *kernel_resources(struct kernel *kernel,
					     enum resource_kind kind,
					     struct error *err)
{
	struct resource_tree *tree = &kernel->resources[kind];

	if (!tree->tried) {
		tree->tried = true;
		tree->known = find_tree(kernel, kind, tree, &tree->trouble);
	}
	if (tree->known)
		return tree;
	if (err)
		*err = tree->trouble;
	return NULL;
}

void resource_tree_release(struct resource_tree *tree)
{
	free(tree->resource);
	*tree = (struct resource_tree){ 0 };
}

unsigned int resource_chain(const struct resource_tree *tree, uint64_t at,
			    const struct resource *chain[MAX_RESOURCE_DEPTH])
{
	unsigned int nr = 0;

	for (size_t i = 0; i < tree->nr; i++) {
		const struct resource *resource = &tree->resource[i];

		if (resource->depth < nr)
			break;
		if (resource->depth == nr && nr < MAX_RESOURCE_DEPTH &&
		    at >= resource->start && at <= resource->end)
			chain[nr++] = resource;
	}
	return nr;
}

const struct resource *resource_innermost(const struct resource *const *chain,
					  unsigned int nr, uint64_t at)
{
	if (!nr || (chain[nr - 1]->cut && at >= chain[nr - 1]->cut_from))
		return NULL;
	return chain[nr - 1];
}

const struct resource *kernel_resource_at(struct kernel *kernel,
					  enum resource_kind kind, uint64_t at)
{
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	const struct resource_tree *tree = kernel_resources(kernel, kind, NULL);
	unsigned int nr = tree ? resource_chain(tree, at, chain) : 0;

	return resource_innermost(chain, nr, at);
}
