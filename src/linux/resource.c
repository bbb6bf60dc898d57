/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/resource.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "debuginfo/vmlinux.h"

enum { MAX_RESOURCES = 1 << 16, MAX_RESOURCE_SIZE = 256 };

/* The members of struct resource. */
enum field { START, END, NAME, PARENT, SIBLING, CHILD, NR_FIELDS };

struct resource_layout {
	uint64_t offset[NR_FIELDS];
	uint64_t address_size; /* sizeof(resource_size_t), which is 8 with PAE */
	uint64_t pointer_size;
	uint64_t span; /* number of bytes at the start of the struct that contain all fields */
};

static uint64_t field_size(const struct resource_layout *layout, unsigned int field)
{
	return field <= END ? layout->address_size : layout->pointer_size;
}

static bool layout_of_types(struct kernel *kernel, struct resource_layout *layout)
{
	static const char *const names[NR_FIELDS] = {
		"start", "end", "name", "parent", "sibling", "child",
	};
	unsigned int i = 0;

	for (uint64_t size = 4; size <= 8 && i < NR_FIELDS; size += 4) {
		layout->address_size = size;
		for (i = 0; i < NR_FIELDS; i++)
			if (!kernel_member_place(kernel, "resource", names[i],
						 field_size(layout, i), &layout->offset[i]) ||
			    layout->offset[i] > MAX_RESOURCE_SIZE - 8)
				break;
	}
	return i == NR_FIELDS;
}

/* Finds the layout of struct resource from its size, without debug information. The order of
 * members is: start, end, name, flags, desc (since 4.6), parent, sibling, child. The size shows
 * whether desc exists, and how many bytes an address has. */
static bool layout_of_size(uint64_t size, struct resource_layout *layout)
{
	uint64_t pointer = layout->pointer_size;

	for (uint64_t address = pointer; address <= 8; address += 4)
		for (uint64_t longs = 1; longs <= 2; longs++) {
			uint64_t name = 2 * address;
			uint64_t parent = name + (1 + longs) * pointer;

			if (size != parent + 3 * pointer)
				continue;
			*layout = (struct resource_layout){
				.offset = { 0, address, name, parent, parent + pointer,
					    parent + 2 * pointer },
				.address_size = address,
				.pointer_size = pointer,
			};
			return true;
		}
	return false;
}

static bool resource_find_layout(struct kernel *kernel, const struct kernel_symbol *root,
				 struct resource_layout *layout, struct error *err)
{
	*layout = (struct resource_layout){ .pointer_size = kernel_pointer_size(kernel) };
	if (!layout_of_types(kernel, layout) && !layout_of_size(root->size, layout))
		return fail(
			err, ERROR_UNKNOWN,
			"the layout of struct resource is not known: %s%s, the dump has no BTF, and %s %s",
			kernel->vmlinux ? "no debug information in " : kernel->no_vmlinux,
			kernel->vmlinux ? kernel->vmlinux->file.path : "", root->name,
			root->size ? "has a size that fits no known layout" :
				     "has an unknown size");
	for (unsigned int i = 0; i < NR_FIELDS; i++)
		if (layout->span < layout->offset[i] + field_size(layout, i))
			layout->span = layout->offset[i] + field_size(layout, i);
	return true;
}

static bool read_fields(struct kernel *kernel, const struct resource_layout *layout,
			uint64_t address, uint64_t fields[NR_FIELDS], struct error *err)
{
	uint8_t bytes[MAX_RESOURCE_SIZE];

	if (!kernel_read(kernel, address, bytes, layout->span, err))
		return false;
	for (unsigned int i = 0; i < NR_FIELDS; i++)
		fields[i] = load_le(bytes + layout->offset[i], field_size(layout, i));
	return true;
}

static bool resource_add(struct resource_tree *tree, const struct resource *resource,
			 struct error *err)
{
	if (tree->nr >= MAX_RESOURCES)
		return fail(err, ERROR_FORMAT, "more than %d resources", MAX_RESOURCES);
	return array_add(&tree->resource, &tree->nr, &tree->room, resource, sizeof(*resource)) ||
	       out_of_memory(err);
}

/* Records damage. The children of the resource with index nr that start at address `from` or above
 * are missing. */
static void resource_cut(struct resource_tree *tree, size_t nr, uint64_t from,
			 const struct error *err)
{
	if (!tree->nr_damages++)
		tree->damage = *err;
	if (nr >= tree->nr)
		return;
	tree->resource[nr].cut = true;
	tree->resource[nr].cut_from = from;
}

/* The current position in a list of siblings. */
struct resource_place {
	uint64_t parent; /* address of the struct resource of the parent */
	size_t parent_nr; /* index of the parent in the tree; SIZE_MAX: the root */
	uint64_t next; /* address of the next sibling; 0: none */
	uint64_t floor; /* the next sibling must not start below this address */
	bool full; /* the last sibling ended at the highest address, so no sibling may follow */
};

/* Is the next sibling valid? Siblings must be in the order of addresses, must not overlap, and must
 * point to their parent. Because of these checks, the search ends even if the list is a loop. */
static bool resource_fits(const struct resource_place *place, const uint64_t fields[NR_FIELDS],
			  struct error *err)
{
	if (fields[PARENT] != place->parent)
		return fail(err, ERROR_FORMAT,
			    "the resource at %" PRIx64 " is a child of %" PRIx64
			    ", but names %" PRIx64 " as its parent",
			    place->next, place->parent, fields[PARENT]);
	if (place->full || fields[START] < place->floor || fields[END] < fields[START])
		return fail(err, ERROR_FORMAT,
			    "the resource at %" PRIx64 " (%" PRIx64 " to %" PRIx64
			    ") is not in address order, so its list loops or is damaged",
			    place->next, fields[START], fields[END]);
	return true;
}

/* Adds the next sibling to the tree. Sets *child to the address of the first child of this sibling,
 * or to 0. Returns false if the sibling cannot be added. Then the rest of the list is missing. */
static bool add_next(struct kernel *kernel, const struct resource_layout *layout,
		     struct resource_tree *tree, struct resource_place *place, uint64_t *child)
{
	struct resource resource = { .address = place->next };
	uint64_t fields[NR_FIELDS];
	struct error err;
	bool fine = read_fields(kernel, layout, place->next, fields, &err) &&
		    resource_fits(place, fields, &err);

	if (place->parent_nr != SIZE_MAX)
		resource.depth = tree->resource[place->parent_nr].depth + 1;
	if (fine) {
		resource.start = fields[START];
		resource.end = fields[END];
		strcpy(resource.name, "<BAD>"); /* as r_show() prints if NAME is NULL */
		if (fields[NAME])
			kernel_read_text(kernel, fields[NAME], resource.name,
					 sizeof(resource.name));
	}
	if (!fine || !resource_add(tree, &resource, &err)) {
		resource_cut(tree, place->parent_nr, place->floor, &err);
		return false;
	}
	*child = fields[CHILD];
	place->next = fields[SIBLING];
	place->floor = fields[END] + 1;
	place->full = fields[END] == UINT64_MAX;
	return true;
}

static void resource_read_tree(struct kernel *kernel, const struct resource_layout *layout,
			       struct resource_tree *tree, uint64_t root, uint64_t first)
{
	struct resource_place place[MAX_RESOURCE_DEPTH];
	unsigned int depth = 0;
	uint64_t nr_steps = 0;
	struct error err;

	place[0] = (struct resource_place){ root, SIZE_MAX, .next = first };
	for (;;) {
		uint64_t at = place[depth].next, child;

		if (listener_stops_at(kernel->listener, ++nr_steps))
			return;
		if (!at || !add_next(kernel, layout, tree, &place[depth], &child)) {
			if (depth-- == 0)
				return;
		} else if (child && depth + 1 == MAX_RESOURCE_DEPTH) {
			fail(&err, ERROR_FORMAT, "resources nest deeper than %d levels at %" PRIx64,
			     MAX_RESOURCE_DEPTH, at);
			resource_cut(tree, tree->nr - 1, 0, &err);
		} else if (child) {
			place[++depth] = (struct resource_place){ at, tree->nr - 1, .next = child };
		}
	}
}

static bool resource_learn(struct kernel *kernel, struct resource_tree *tree, const char *symbol,
			   struct error *err)
{
	uint64_t fields[NR_FIELDS];
	struct kernel_symbol root;
	struct resource_layout layout;

	if (!kernel_image_symbol(kernel, symbol, &root, err) ||
	    !resource_find_layout(kernel, &root, &layout, err) ||
	    !read_fields(kernel, &layout, root.address, fields, err))
		return false;
	tree->root_end = fields[END];
	resource_read_tree(kernel, &layout, tree, root.address, fields[CHILD]);
	return true;
}

static bool learn_memory(struct kernel *kernel, void *tree, struct error *err)
{
	return resource_learn(kernel, tree, "iomem_resource", err);
}

static bool learn_ports(struct kernel *kernel, void *tree, struct error *err)
{
	return resource_learn(kernel, tree, "ioport_resource", err);
}

static const struct state_type state_resources[NR_RESOURCE_KINDS] = {
	[RESOURCE_MEMORY] = { .size = sizeof(struct resource_tree),
			      .learn = learn_memory,
			      .release = state_free_list },
	[RESOURCE_PORTS] = { .size = sizeof(struct resource_tree),
			     .learn = learn_ports,
			     .release = state_free_list },
};

const struct resource_tree *resource_all(struct kernel *kernel, enum resource_kind kind,
					 struct error *err)
{
	return kernel_learnt(kernel, &state_resources[kind], err);
}

/* add_memory_driver_managed() in mm/memory_hotplug.c (since 5.8) makes names such as "System RAM
 * (kmem)". */
bool resource_is_ram(const struct resource *resource)
{
	return !strcmp(resource->name, "System RAM") || starts_with(resource->name, "System RAM (");
}

unsigned int resource_chain(const struct resource_tree *tree, uint64_t at,
			    const struct resource *chain[MAX_RESOURCE_DEPTH])
{
	unsigned int nr = 0;

	for (size_t i = 0; i < tree->nr; i++) {
		const struct resource *resource = &tree->resource[i];

		if (resource->depth < nr)
			break;
		if (resource->depth == nr && nr < MAX_RESOURCE_DEPTH && at >= resource->start &&
		    at <= resource->end)
			chain[nr++] = resource;
	}
	return nr;
}

const struct resource *resource_innermost(const struct resource *const *chain, unsigned int nr,
					  uint64_t at)
{
	if (!nr || (chain[nr - 1]->cut && at >= chain[nr - 1]->cut_from))
		return NULL;
	return chain[nr - 1];
}

const struct resource *resource_at(struct kernel *kernel, enum resource_kind kind, uint64_t at)
{
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	const struct resource_tree *tree = resource_all(kernel, kind, NULL);
	unsigned int nr = tree ? resource_chain(tree, at, chain) : 0;

	return resource_innermost(chain, nr, at);
}
