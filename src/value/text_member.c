/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "value/text_member.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "debuginfo/ko_file.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "types/member_path.h"

/* Writes "p->a", "p[3].a" or "p[3]" for each member. */
static void put_members(const struct text_access *access, uint64_t size, const char *name,
			const struct member_paths *paths, struct text_member *found)
{
	uint64_t element = size && access->has_index ? (uint64_t)access->offset / size : 0;

	*found->member = '\0';
	for (size_t i = 0; i < paths->nr; i++) {
		text_append(found->member, sizeof(found->member), "%s%s", i ? " or " : "", name);
		if (element)
			text_append(found->member, sizeof(found->member), "[%" PRIu64 "]", element);
		text_append(found->member, sizeof(found->member), "%s%s",
			    element ? *paths->path[i] ? "." : "" : "->", paths->path[i]);
	}
	found->is_inside = paths->is_inside;
}

/* Finds the members in what a pointer of this type points to. Returns false if there are none. */
static bool find_members(const struct ctype *type, const struct text_access *access,
			 const char *name, struct text_member *found)
{
	struct ctype_facts pointer = ctype_describe(type), target;
	struct member_paths paths;
	uint64_t offset = (uint64_t)access->offset;

	if (!access->has_offset || access->offset < 0 || pointer.kind != CTYPE_POINTER)
		return false;
	target = ctype_describe(&pointer.target);
	if (access->has_index && target.size)
		offset %= target.size;
	member_paths_find(&pointer.target, offset, access->size, &paths);
	if (!paths.nr && access->has_index && target.size && target.size == access->size &&
	    offset == 0 && (uint64_t)access->offset >= target.size) {
		/* An element that is no struct. */
		paths = (struct member_paths){ .nr = 1 };
	}
	put_members(access, target.size, name, &paths, found);
	return paths.nr;
}

/* Do the pointers point to structs of one name? */
static bool have_one_target(const struct ctype *one, const struct ctype *other)
{
	struct ctype_facts a = ctype_describe(one), b = ctype_describe(other);

	return a.kind == b.kind && a.kind == CTYPE_POINTER &&
	       !strcmp(ctype_describe(&a.target).name, ctype_describe(&b.target).name);
}

/* Takes the innermost variable; but a variable that points to a struct with such a member is preferred to others. If
 * the registers is used for pointers to different structs, which have both such a member, none is known. */
static void choose(struct types *types, const struct text_access *access,
		   const struct register_variable *variable, size_t nr, struct text_member *found)
{
	struct ctype chosen, type;
	bool has_member = false;

	for (size_t i = 0; i < nr; i++) {
		struct text_member other;

		if (!variable[i].is_defined || !ctype_of_die(types, variable[i].type, &type) ||
		    !find_members(&type, access, variable[i].name, &other))
			continue;
		if (!has_member) {
			memcpy(found->member, other.member, sizeof(found->member));
			found->is_inside = other.is_inside;
			found->variable = variable[i];
			has_member = true;
			chosen = type;
		} else if (!have_one_target(&chosen, &type)) {
			*found->member = '\0';
			found->variable = variable[0];
			break;
		}
	}
	if (ctype_of_die(types, found->variable.type, &type))
		ctype_declare(&type, "", found->type, sizeof(found->type));
}

bool text_member_find(struct kernel *kernel, const struct text_place *place, const char *reg,
		      const struct text_access *access, struct text_member *found)
{
	int number = variables_register(kernel->arch->machine, reg);
	struct register_variable variable[MOST_REGISTER_VARIABLES];
	struct types *types = NULL;
	size_t nr;

	*found = (struct text_member){ .type = "" };
	if (number < 0)
		return false;
	nr = place->file ?
		     ko_file_variables(place->file, place->vaddr, (unsigned int)number,
				       kernel->listener, variable, &types) :
		     module_variables(kernel, place->vaddr, (unsigned int)number, variable, &types);
	if (!nr || !types)
		return false;
	found->variable = variable[0];
	choose(types, access, variable, nr, found);
	found->has_line = place->file ? ko_file_line(place->file, place->vaddr, kernel->listener,
						     &found->line, NULL) :
					module_line(kernel, place->vaddr, &found->line);
	return *found->type;
}
