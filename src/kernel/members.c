/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/members.h"

#include <stdio.h>

#include "kernel/kernel.h"

static const struct {
	const char *type, *name;
} places[NR_MEMBERS] = {
#define MEMBER_PLACE(ID, TYPE, NAME) [ID] = { TYPE, NAME },
	FOR_EACH_MEMBER(MEMBER_PLACE)
#undef MEMBER_PLACE
};

static void look_up(struct kernel *kernel, enum member_id id)
{
	struct member *member = &kernel->members[id];
	struct types *types = kernel_types(kernel);
	struct type_member found;
	char type[64];

	member->tried = true;
	snprintf(type, sizeof(type), "struct %s", places[id].type);
	if (!types || !types_member(types, type, places[id].name, &found) ||
	    found.offset > UINT32_MAX || found.size > UINT32_MAX)
		return;
	member->offset = (uint32_t)found.offset;
	member->size = (uint32_t)found.size;
	member->known = true;
}

static bool is_missing(struct kernel *kernel, enum member_id id,
		       struct error *err)
{
	const char *why =
		"no vmlinux was given, and the dump's BTF does not tell it";
	char text[256];

	if (kernel->vmlinux) {
		snprintf(text, sizeof(text), "%s %s",
			 kernel->vmlinux->file.path,
			 types_source(kernel->vmlinux->types) ?
				 "does not describe it" :
				 vmlinux_why_no_types(kernel->vmlinux));
		why = text;
	}
	return fail(err, ERROR_UNKNOWN,
		    "where struct %s keeps %s is not known: %s",
		    places[id].type, places[id].name, why);
}

const struct member *kernel_member(struct kernel *kernel, enum member_id id,
				   struct error *err)
{
	const struct member *member = &kernel->members[id];

	if (!member->tried)
		look_up(kernel, id);
	if (!member->known) {
		is_missing(kernel, id, err);
		return NULL;
	}
	return member;
}

bool kernel_read_member(struct kernel *kernel, uint64_t address,
			enum member_id id, uint64_t *value, struct error *err)
{
	const struct member *member = kernel_member(kernel, id, err);

	if (!member)
		return false;
	if (member->size != 1 && member->size != 2 && member->size != 4 &&
	    member->size != 8)
		return fail(err, ERROR_FORMAT,
			    "struct %s: %s has %u bytes and is no number",
			    places[id].type, places[id].name, member->size);
	return kernel_read_number(kernel, address + member->offset, member->size,
				  value, err);
}
