/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/member.h"

#include <stdio.h>

#include "base/bytes.h"
#include "kernel/kernel.h"
#include "kernel/module_types.h"
#include "types/types.h"
#include "debuginfo/vmlinux.h"

const struct state_type state_members = { .size = NR_MEMBERS * sizeof(struct member) };

static const struct member_row *row_of(const struct kernel *kernel, unsigned int id)
{
	return &kernel->members[id / MEMBERS_OF_A_ROOM][id % MEMBERS_OF_A_ROOM];
}

static bool has_at(struct types *types, const char *type, const char *name,
		   struct type_member *found)
{
	char text[64];

	if (!*type)
		return false;
	snprintf(text, sizeof(text), "struct %s", type);
	return types_member(types, text, name, found);
}

static bool has(struct types *types, const struct member_row *row, struct type_member *found)
{
	bool has_it = types && has_at(types, row->type, row->name, found);

	for (size_t i = 0; types && !has_it && i < MOST_OLDER; i++)
		has_it = has_at(types, row->older[i].type, row->older[i].name, found);
	return has_it;
}

static void look_up(struct kernel *kernel, const struct member_row *row, struct member *member)
{
	struct type_member found;

	member->tried = true;
	if ((!has(kernel_types(kernel), row, &found) &&
	     (!*row->module ||
	      !has(kernel_module_types(kernel, row->module, NULL), row, &found))) ||
	    found.offset > UINT32_MAX || found.size > UINT32_MAX)
		return;
	member->offset = (uint32_t)found.offset;
	member->size = (uint32_t)found.size;
	member->is_pointer = found.is_pointer;
	member->known = true;
	kernel->facts->used_members = true;
}

/* The error for a missing member of a module's struct. The types of the module usually contain the
 * struct; the types of the kernel rarely do. */
static bool is_missing_of_module(struct kernel *kernel, const struct member_row *row,
				 struct error *err)
{
	struct error why;

	if (kernel_module_types(kernel, row->module, &why))
		return fail(
			err, ERROR_UNKNOWN,
			"where struct %s keeps %s is not known: the types of the module %s do not describe it",
			row->type, row->name, row->module);
	return fail(
		err, ERROR_UNKNOWN,
		"where struct %s keeps %s is not known: no vmlinux describes it, no debug file (.ko.debug) of the module %s is given or found, and its BTF, which a kernel with CONFIG_DEBUG_INFO_BTF_MODULES keeps in memory, is missing: %s",
		row->type, row->name, row->module, why.message);
}

static bool is_missing(struct kernel *kernel, const struct member_row *row, struct error *err)
{
	char text[256], why[WHY_NO_TYPES];

	if (!err)
		return false;
	if (kernel_stopped(kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (*row->module)
		return is_missing_of_module(kernel, row, err);
	if (types_unknown_kind(kernel_types(kernel)))
		snprintf(text, sizeof(text),
			 "the BTF has a type of the kind %u, which is newer than this program, and types after it cannot be read",
			 types_unknown_kind(kernel_types(kernel)));
	else if (kernel->vmlinux)
		snprintf(text, sizeof(text), "%s %s", kernel->vmlinux->file.path,
			 types_source(kernel->vmlinux->types) ?
				 "does not describe it" :
				 vmlinux_why_no_types(kernel->vmlinux, why));
	else
		snprintf(text, sizeof(text), "%s, and %s", kernel->no_vmlinux,
			 kernel_dump_types(kernel) ? "the dump's BTF does not show it" :
						     "the dump has no BTF that can be found");
	return fail(err, ERROR_UNKNOWN, "where struct %s keeps %s is not known: %s", row->type,
		    row->name, text);
}

/* Finds a member that is not known. member: its place in the state; NULL: memory is exhausted. */
__attribute__((cold)) static const struct member *
member_search(struct kernel *kernel, struct member *member, unsigned int id, struct error *err)
{
	if (!member)
		return out_of_memory(err), NULL;
	if (!member->tried)
		look_up(kernel, row_of(kernel, id), member);
	if (!member->known) {
		is_missing(kernel, row_of(kernel, id), err);
		return NULL;
	}
	return member;
}

const struct member *kernel_member(struct kernel *kernel, unsigned int id, struct error *err)
{
	struct member *members = kernel_state(kernel, &state_members);
	struct member *member = members ? &members[id] : NULL;

	return member && member->known ? member : member_search(kernel, member, id, err);
}

static bool has_form(const struct kernel *kernel, const struct member *member,
		     enum member_form form)
{
	switch (form) {
	case MEMBER_NUMBER:
		return member->size == 1 || member->size == 2 || member->size == 4 ||
		       member->size == 8;
	case MEMBER_INT: return member->size == 4;
	case MEMBER_POINTER: return member->size == kernel_pointer_size(kernel);
	case MEMBER_LINKS: return member->size == 2 * kernel_pointer_size(kernel);
	case MEMBER_TEXT: return member->size != 0;
	}
	return false;
}

const struct member *kernel_member_as(struct kernel *kernel, unsigned int id, enum member_form form,
				      struct error *err)
{
	static const char *const forms[] = {
		[MEMBER_NUMBER] = "number",   [MEMBER_INT] = "int",   [MEMBER_POINTER] = "pointer",
		[MEMBER_LINKS] = "list_head", [MEMBER_TEXT] = "text",
	};
	const struct member *member = kernel_member(kernel, id, err);

	if (!member || has_form(kernel, member, form))
		return member;
	fail(err, ERROR_FORMAT, "struct %s: %s has %u bytes, too many or too few for a %s",
	     row_of(kernel, id)->type, row_of(kernel, id)->name, member->size, forms[form]);
	return NULL;
}

bool kernel_read_member(struct kernel *kernel, uint64_t address, unsigned int id, uint64_t *value,
			struct error *err)
{
	const struct member *member = kernel_member_as(kernel, id, MEMBER_NUMBER, err);

	if (!member ||
	    !kernel_read_number(kernel, address + member->offset, member->size, value, err))
		return false;
	if (member->is_pointer)
		*value = kernel_untag(kernel, *value);
	return true;
}
