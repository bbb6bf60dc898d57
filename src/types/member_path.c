/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "types/member_path.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

enum {
	MOST_DEPTH = 24, /* the deepest nesting of structs, unions and arrays */
	MOST_VISITED = 1 << 16, /* the most members that one search visits */
};

struct path_search {
	uint64_t offset, size; /* of the access, in bytes */
	struct member_paths *found;
	uint64_t start[MEMBER_PATHS]; /* where each found member begins */
	char path[MEMBER_PATH]; /* of the type that is searched */
	uint64_t base; /* where it begins, in bytes */
	unsigned int depth, nr_visited, nr_added;
	bool excess;
	/* The array without a length that is the last member of the outermost struct. */
	struct ctype_member open;
	bool has_open;
};

/* Is `longer` the path of the same member as `path`, by the name of a group? struct_group() (linux/stddef.h) declares
 * members twice: in an anonymous struct, and in one with a name. */
static bool is_same_in_group(const char *longer, const char *path)
{
	size_t more = strlen(longer) - strlen(path);

	return strlen(longer) > strlen(path) && longer[more - 1] == '.' &&
	       !strcmp(longer + more, path);
}

/* Adds the current path, or what is shorter of two paths of the same member. */
static void add_path(struct path_search *search)
{
	struct member_paths *found = search->found;

	search->nr_added++;
	for (size_t i = 0; i < found->nr; i++) {
		if (search->start[i] != search->base)
			continue;
		if (is_same_in_group(found->path[i], search->path))
			strcpy(found->path[i], search->path);
		else if (!is_same_in_group(search->path, found->path[i]))
			continue;
		return;
	}
	if (found->nr == MEMBER_PATHS) {
		search->excess = true;
		return;
	}
	search->start[found->nr] = search->base;
	strcpy(found->path[found->nr++], search->path);
}

static void search_type(struct path_search *search, const struct ctype *type, bool has_name);

/* Is the whole access in the member? */
static bool covers(const struct path_search *search, uint64_t start, uint64_t size)
{
	return search->offset >= start && range_within(search->offset - start, search->size, size);
}

/* Searches a member that begins at this offset in the type that is searched. */
static void enter_member(struct path_search *search, const struct ctype_member *member)
{
	size_t length = strlen(search->path);
	uint64_t base = search->base;

	if (length + strlen(member->name) + 2 > sizeof(search->path)) {
		search->excess = true;
		return;
	}
	if (*member->name)
		text_append(search->path, sizeof(search->path), "%s%s", length ? "." : "",
			    member->name);
	search->base += member->bit_offset / 8;
	search_type(search, &member->type, *member->name);
	search->base = base;
	search->path[length] = '\0';
}

static bool visit_member(const struct ctype_member *member, void *arg)
{
	struct path_search *search = arg;
	struct ctype_facts facts = ctype_describe(&member->type);

	if (++search->nr_visited > MOST_VISITED)
		search->excess = true;
	if (search->depth == 1 && (facts.size || facts.kind == CTYPE_ARRAY)) {
		search->has_open = facts.kind == CTYPE_ARRAY && !facts.count;
		search->open = *member;
	}
	if (!search->excess && !member->bit_size &&
	    covers(search, search->base + member->bit_offset / 8, facts.size))
		enter_member(search, member);
	return !search->excess;
}

/* Several members of a union contain the access, or none does: then it is in the struct or union itself, if that has
 * a name. Members of an anonymous union in a struct are named, unless they are too many. */
static void search_struct(struct path_search *search, const struct ctype *type, bool is_union,
			  bool has_name)
{
	size_t before = search->found->nr;
	unsigned int added = search->nr_added;

	ctype_each_member(type, visit_member, search);
	if (!has_name || search->nr_added == added + 1 ||
	    (!is_union && search->nr_added > added && !search->excess))
		return;
	search->excess = search->nr_visited > MOST_VISITED;
	search->found->nr = before;
	search->nr_added = added;
	add_path(search);
}

static void search_array(struct path_search *search, const struct ctype_facts *facts)
{
	uint64_t size = ctype_describe(&facts->target).size, base = search->base, index;
	size_t length = strlen(search->path);
	char text[32];

	index = size ? (search->offset - base) / size : 0;
	snprintf(text, sizeof(text), "[%" PRIu64 "]", index);
	if (!size || !covers(search, base + index * size, size) ||
	    length + strlen(text) >= sizeof(search->path)) {
		add_path(search);
		return;
	}
	strcpy(search->path + length, text);
	search->base = base + index * size;
	search_type(search, &facts->target, true);
	search->base = base;
	search->path[length] = '\0';
}

static void search_type(struct path_search *search, const struct ctype *type, bool has_name)
{
	struct ctype_facts facts = ctype_describe(type);

	if (++search->depth > MOST_DEPTH)
		search->excess = true;
	else if (facts.kind == CTYPE_STRUCT || facts.kind == CTYPE_UNION)
		search_struct(search, type, facts.kind == CTYPE_UNION, has_name);
	else if (facts.kind == CTYPE_ARRAY)
		search_array(search, &facts);
	else
		add_path(search);
	search->depth--;
}

void member_paths_find(const struct ctype *type, uint64_t offset, uint64_t size,
		       struct member_paths *found)
{
	struct path_search search = {
		.offset = offset,
		.size = size ? size : 1,
		.found = found,
	};
	enum ctype_kind kind = ctype_describe(type).kind;

	found->nr = 0;
	found->is_inside = false;
	if (kind != CTYPE_STRUCT && kind != CTYPE_UNION)
		return;
	search_type(&search, type, false);
	if (!found->nr && !search.excess && search.has_open && offset >= search.open.bit_offset / 8)
		enter_member(&search, &search.open);
	if (search.excess)
		found->nr = 0;
	for (size_t i = 0; i < found->nr; i++)
		found->is_inside |= search.start[i] != offset;
}
