/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "value/walk.h"

#include <inttypes.h>
#include <string.h>

#include "base/address_set.h"
#include "base/number.h"
#include "kernel/index_tree.h"
#include "kernel/kernel.h"
#include "kernel/kernel_members.h"
#include "kernel/links.h"
#include "kernel/rbtree.h"
#include "value/value.h"

/* --- places --- */

static bool read_offset(const char *text, uint64_t *offset)
{
	const char *end = text + strlen(text);

	return (number_has_prefix(text, end) ? number_hex : number_decimal)(text, end, offset) ==
	       NUMBER;
}

bool walk_place_find(struct kernel *kernel, const char *text, struct walk_place *place,
		     struct error *err)
{
	const struct value_memory memory = { .kernel = kernel };
	const char *dot = strchr(text, '.');
	char name[256];
	struct ctype type;
	struct value struct_at_0, member;

	*place = (struct walk_place){ 0 };
	if (!dot)
		return read_offset(text, &place->offset) ||
		       fail(err, ERROR_USAGE, "%s is no offset: write TYPE.MEMBER, or a number",
			    text);
	if ((size_t)(dot - text) >= sizeof(name))
		return fail(err, ERROR_USAGE, "the name of the type is too long");
	memcpy(name, text, (size_t)(dot - text));
	name[dot - text] = '\0';
	if (!value_type(kernel, name, &type, err))
		return false;
	/* If the path has a pointer, its target cannot be read at 0. */
	struct_at_0 = value_at(type, 0);
	if (!value_path(&memory, &struct_at_0, dot + 1, &member, err))
		return false;
	if (!member.in_memory || member.bit_size)
		return fail(err, ERROR_USAGE, "%s is not at an offset of whole bytes", text);
	place->offset = member.address;
	place->type = member.type;
	return true;
}

/* Is the type a struct with this member? */
static bool type_has(const struct ctype *type, const char *name)
{
	struct ctype_member member;

	return ctype_describe(type).kind == CTYPE_STRUCT &&
	       ctype_member(type, name, strlen(name), &member);
}

/* --- lists --- */

struct following {
	const struct walk_list *list;
	const struct walk_visitor *visitor;
	struct links links;
	struct address_set seen; /* the list_heads or structs */
	uint64_t first; /* the second struct of a chain that begins with a struct */
	uint64_t last; /* the last struct that was visited */
	size_t nr; /* the number of structs that were visited */
	bool has_nulls; /* an odd pointer ends the list (include/linux/list_nulls.h) */
	bool ended; /* the visitor ended the visit */
};

static void following_visit(struct following *following, uint64_t address)
{
	const struct walk_visitor *visitor = following->visitor;

	following->last = address;
	following->nr++;
	if (!visitor->visit(visitor->arg, &(struct walk_element){ .address = address }))
		following->ended = true;
}

/* Adds the place in the list to the message: after which element the list is damaged. */
static bool fail_after(const struct following *following, enum error_code code, const char *what,
		       struct error *err)
{
	if (!following->nr)
		return fail(err, code, "the list is damaged at its start %" PRIx64 ": %s",
			    following->list->start, what);
	return fail(err, code, "the list is damaged after the element %" PRIx64 ", number %zu: %s",
		    following->last, following->nr, what);
}

static bool following_end(struct following *following, struct error *err)
{
	const struct links *links = &following->links;
	struct error why = { 0 };

	switch (links->end) {
	case LINKS_WHOLE: return true;
	case LINKS_RUNNING:
	case LINKS_STOPPED: return fail(err, ERROR_INTERRUPTED, "interrupted");
	case LINKS_MISSING:
		if (links->at)
			return fail_after(following, links->why.code, links->why.message, err);
		return fail_after(following, ERROR_FORMAT, "its next element is NULL", err);
	case LINKS_BAD:
		if (address_set_has(&following->seen, links->at))
			break;
		fail(&why, ERROR_FORMAT,
		     "it points to %" PRIx64 ", which points back to %" PRIx64
		     " and not to %" PRIx64,
		     links->at, links->back, links->before);
		return fail_after(following, why.code, why.message, err);
	case LINKS_AGAIN:
	case LINKS_LIMIT: break;
	}
	fail(&why, ERROR_FORMAT, "it is a loop, and returns to %" PRIx64, links->at);
	return fail_after(following, why.code, why.message, err);
}

/* A chain without a head may end with the struct that it began with, with the struct after it, or
 * with a struct that points to itself, such as the parent of the first task. */
static bool chain_is_whole(const struct following *following)
{
	const struct links *links = &following->links;

	return links->end == LINKS_AGAIN && following->list->form == WALK_FIRST &&
	       (links->at == links->before || links->at == following->first);
}

/* A struct is visited after its own link was read, so that the visitor only gets structs that are in
 * the dump. */
static bool follow_chain(struct following *following, uint64_t first, struct error *err)
{
	struct links *links = &following->links;
	uint64_t address = first, next;

	while (links_next(links, &next)) {
		if (address)
			following_visit(following, address);
		if (following->ended || (following->has_nulls && links->at & 1))
			return true;
		if (!following->first)
			following->first = links->at;
		address = next;
	}
	if (address && links->end != LINKS_MISSING)
		following_visit(following, address);
	return following->ended || chain_is_whole(following) || following_end(following, err);
}

/* The head must point back to the last element. */
static bool check_last(const struct following *following, struct error *err)
{
	const struct links *links = &following->links;
	unsigned int word = kernel_pointer_size(links->kernel);
	struct error why;
	uint64_t back;

	if (following->list->end)
		return true;
	if (!kernel_read_pointer(links->kernel, links->head + (links->backward ? 0 : word), &back,
				 err))
		return false;
	if (back == links->before)
		return true;
	fail(&why, ERROR_FORMAT,
	     "it points to the head %" PRIx64 ", which points back to %" PRIx64
	     " and not to %" PRIx64,
	     links->head, back, links->before);
	return fail_after(following, ERROR_FORMAT, why.message, err);
}

static bool follow_ring(struct following *following, uint64_t first, struct error *err)
{
	uint64_t address;

	if (first) {
		if (!kernel_read_pointer(following->links.kernel, following->links.at, &address,
					 err))
			return false;
		following_visit(following, first);
	}
	while (!following->ended && links_next(&following->links, &address)) {
		following_visit(following, address);
		address_set_add(&following->seen, following->links.at);
	}
	return following->ended || (following_end(following, err) && check_last(following, err));
}

static bool has_nulls(const struct ctype *type)
{
	const char *name = ctype_describe(type).name;

	return !strcmp(name, "hlist_nulls_node") || !strcmp(name, "rhash_head");
}

static bool list_check(const struct walk_list *list, bool is_chain, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&list->place.type);

	if (facts.kind == CTYPE_VOID)
		return true;
	if (list->form == WALK_FIRST && facts.kind != CTYPE_POINTER &&
	    type_has(&list->place.type, "next"))
		return fail(
			err, ERROR_USAGE,
			"the member is a struct %s, which does not point to the next element, but into it: give -h if START is an element of the list, or -H if it is the head of the list",
			facts.name);
	if (list->form != WALK_FIRST && facts.kind == CTYPE_POINTER)
		return fail(err, ERROR_USAGE,
			    "the member is a pointer, and no list_head: leave out -h, -H and -r");
	if (list->backward && is_chain)
		return fail(err, ERROR_USAGE, "a struct %s has no way back", facts.name);
	return true;
}

bool walk_list(struct kernel *kernel, const struct walk_list *list,
	       const struct walk_visitor *visitor, struct error *err)
{
	struct following following = { .list = list, .visitor = visitor };
	struct address_set ends = { 0 };
	const uint64_t offset = list->place.offset;
	uint64_t first = list->form == WALK_HEAD ? 0 : list->start;
	bool done, is_chain = list->form == WALK_FIRST || (type_has(&list->place.type, "next") &&
							   !type_has(&list->place.type, "prev"));

	if (!list_check(list, is_chain, err))
		return false;
	following.links =
		links_from(kernel, list->start + (list->form == WALK_ELEMENT ? offset : 0),
			   list->form == WALK_FIRST ? 0 : offset, is_chain ? &following.seen : NULL,
			   SIZE_MAX);
	following.links.is_chain = is_chain;
	following.links.link = list->form == WALK_FIRST ? offset : 0;
	following.links.backward = list->backward;
	following.links.met = &ends;
	following.has_nulls = is_chain && has_nulls(&list->place.type);
	if (first)
		address_set_add(&ends, first);
	if (list->end) {
		address_set_add(&ends, list->end);
		address_set_add(&ends, list->end - following.links.offset);
	}
	done = (is_chain ? follow_chain : follow_ring)(&following, first, err);
	address_set_release(&following.seen);
	address_set_release(&ends);
	return done;
}

/* --- trees --- */

struct climbing {
	const struct walk_tree *tree;
	const struct walk_visitor *visitor;
	struct damages *damages;
	uint64_t last; /* the last element that was visited */
	bool any, ended;
};

static bool climbing_visit(struct climbing *climbing, const struct walk_element *element,
			   struct error *err)
{
	climbing->last = element->address;
	climbing->any = true;
	climbing->ended = !climbing->visitor->visit(climbing->visitor->arg, element);
	return !climbing->ended || fail(err, ERROR_INTERRUPTED, "ended");
}

static bool visit_rb_node(void *arg, uint64_t address, struct error *err)
{
	return climbing_visit(arg, &(struct walk_element){ .address = address }, err);
}

static bool visit_indexed(void *arg, const struct indexed *indexed, struct error *err)
{
	const struct climbing *climbing = arg;
	/* Since 4.20 bit 0 marks numbers (xa_is_value()), and before bit 1
	 * (radix_tree_exceptional_entry()). */
	const uint64_t mark = climbing->tree->kind == WALK_RADIX ? 2 : 1;
	const struct walk_element element = {
		.address = indexed->entry,
		.is_number = indexed->entry & mark,
		.has_index = !climbing->tree->is_node,
		.first = indexed->first,
		.last = indexed->last,
	};

	return climbing_visit(arg, &element, err);
}

static void climbing_damage(void *arg, const struct error *why)
{
	const struct climbing *climbing = arg;
	struct error cut;

	if (climbing->any)
		fail(&cut, why->code, "elements are missing after %" PRIx64 ": %.400s",
		     climbing->last, why->message);
	else
		fail(&cut, why->code, "the first elements are missing: %.400s", why->message);
	damages_add(climbing->damages, &cut);
}

static bool climb_rbtree(struct kernel *kernel, struct climbing *climbing, struct error *err)
{
	const struct rbtree rbtree = {
		.node = climbing->tree->offset,
		.check_parents = true,
		.is_subtree = climbing->tree->is_node,
		.visit = visit_rb_node,
		.damage = climbing_damage,
		.arg = climbing,
	};
	uint64_t root = climbing->tree->root;

	return (climbing->tree->is_node || kernel_read_member(kernel, root, RB_ROOT, &root, err)) &&
	       rbtree_visit(kernel, &rbtree, root, err);
}

/* A maple node does not contain the start of its range, and an old radix_tree_node not its level. */
static bool refuse_node(const char *root, struct error *err)
{
	return fail(
		err, ERROR_USAGE,
		"the nodes of this tree do not show where in the tree they are: give the %s, without -N",
		root);
}

static bool climb_maple(struct kernel *kernel, const struct walk_tree *tree,
			const struct index_visitor *visitor, struct error *err)
{
	if (tree->is_node)
		return refuse_node("maple_tree", err);
	return maple_visit(kernel, tree->root, visitor, err);
}

static bool climb_xarray(struct kernel *kernel, const struct walk_tree *tree,
			 const struct index_visitor *visitor, struct error *err)
{
	uint64_t head = tree->root | 2;

	return (tree->is_node || kernel_read_member(kernel, tree->root, XARRAY_HEAD, &head, err)) &&
	       xarray_visit(kernel, head, tree->is_node, visitor, err);
}

static bool climb_radix(struct kernel *kernel, const struct walk_tree *tree,
			const struct index_visitor *visitor, struct error *err)
{
	uint64_t head = tree->root | 1, height = 0;

	if (!tree->is_node && !kernel_read_member(kernel, tree->root, RADIX_ROOT, &head, err))
		return false;
	if (!kernel_member(kernel, RADIX_SHIFT, NULL)) {
		if (tree->is_node)
			return refuse_node("radix_tree_root", err);
		if (!kernel_read_member(kernel, tree->root, RADIX_HEIGHT, &height, err))
			return false;
	}
	return radix_visit(kernel, head, height, tree->is_node, visitor, err);
}

bool walk_tree(struct kernel *kernel, const struct walk_tree *tree,
	       const struct walk_visitor *visitor, struct damages *damages, struct error *err)
{
	struct walk_tree local = *tree;
	struct climbing climbing = { .tree = &local, .visitor = visitor, .damages = damages };
	const struct index_visitor of_index = {
		.visit = visit_indexed,
		.damage = climbing_damage,
		.arg = &climbing,
	};
	bool done = false;

	if (tree->kind == WALK_RADIX && kernel_member(kernel, XARRAY_HEAD, NULL))
		local.kind = WALK_XARRAY;
	switch (local.kind) {
	case WALK_RBTREE: done = climb_rbtree(kernel, &climbing, err); break;
	case WALK_MAPLE: done = climb_maple(kernel, &local, &of_index, err); break;
	case WALK_XARRAY: done = climb_xarray(kernel, &local, &of_index, err); break;
	case WALK_RADIX: done = climb_radix(kernel, &local, &of_index, err); break;
	}
	return done || climbing.ended;
}
