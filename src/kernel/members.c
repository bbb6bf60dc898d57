/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "kernel/members.h"

#include <stdio.h>

#include "base/bytes.h"
#include "kernel/kernel.h"
#include "kernel/module_types.h"
#include "vmlinux/types.h"
#include "vmlinux/vmlinux.h"

static const struct {
	const char *type, *name;
	const char *module; /* whose types have it too; NULL: none's */
} places[NR_MEMBERS] = {
#define MEMBER_PLACE(ID, TYPE, NAME) [ID] = { TYPE, NAME, NULL },
	FOR_EACH_MEMBER(MEMBER_PLACE)
#undef MEMBER_PLACE
#define MEMBER_PLACE(ID, TYPE, NAME, MODULE) [ID] = { TYPE, NAME, MODULE },
	FOR_EACH_MODULE_MEMBER(MEMBER_PLACE)
#undef MEMBER_PLACE
};

const struct state_type state_members = {
	.size = NR_MEMBERS * sizeof(struct member),
};

static struct member *members_of(struct kernel *kernel)
{
	return kernel_state(kernel, STATE_MEMBERS);
}

/* Where a member of the same meaning was before. */
static const struct {
	enum member_id id;
	const char *type, *name;
} older[] = {
	/* before 2.6.18 */
	{ RQ_IDLE, "runqueue", "idle" },
	{ RQ_CURR, "runqueue", "curr" },
	/* before 2.6.20 (0f7fc9e4d039) */
	{ FILE_MNT, "file", "f_vfsmnt" },
	{ FILE_DENTRY, "file", "f_dentry" },
	/* SLAB: 2.6.11; 2.6.18, and before 3.6 (3b0efdfa1e71) */
	{ CACHE_LIST, "kmem_cache", "next" },
	{ CACHE_LIST, "kmem_cache_s", "next" },
	{ CACHE_SIZE, "kmem_cache", "buffer_size" },
	{ CACHE_SIZE, "kmem_cache_s", "objsize" },
	{ CACHE_NAME, "kmem_cache_s", "name" },
	{ CACHE_NUM, "kmem_cache_s", "num" },
	{ CACHE_GFPORDER, "kmem_cache_s", "gfporder" },
	{ CACHE_ARRAY, "kmem_cache_s", "array" },
	{ CACHE_CONSTRUCTOR, "kmem_cache_s", "ctor" },
	{ CACHE_OBJ_OFFSET, "kmem_cache_s", "dbghead" },
	/* before 3.11 (ce8eb6c424c7) */
	{ CACHE_NODE, "kmem_cache", "nodelists" },
	{ CACHE_NODE, "kmem_cache_s", "nodelists" },
	{ CACHE_NODE_SHARED, "kmem_list3", "shared" },
	{ CACHE_NODE_ALIEN, "kmem_list3", "alien" },
	{ NODE_FREE_OBJECTS, "kmem_list3", "free_objects" },
	{ NODE_SLABS_PARTIAL, "kmem_list3", "slabs_partial" },
	{ NODE_SLABS_FULL, "kmem_list3", "slabs_full" },
	{ NODE_SLABS_FREE, "kmem_list3", "slabs_free" },
	/* until 3.12, in SLAB's struct slab (8456a648cf44) */
	{ SLAB_LIST, "slab", "list" },
	/* before 2.6.32 (5f8dcc21211a) */
	{ CPU_PAGES_LISTS, "per_cpu_pages", "list" },
};

static bool has_at(struct types *types, const char *type, const char *name,
		   struct type_member *found)
{
	char text[64];

	snprintf(text, sizeof(text), "struct %s", type);
	return types_member(types, text, name, found);
}

static bool has(struct types *types, enum member_id id,
		struct type_member *found)
{
	bool has_it = types && has_at(types, places[id].type, places[id].name,
				      found);

	for (size_t i = 0; types && !has_it &&
			   i < sizeof(older) / sizeof(older[0]); i++)
		has_it = older[i].id == id &&
			 has_at(types, older[i].type, older[i].name, found);
	return has_it;
}

static void look_up(struct kernel *kernel, enum member_id id)
{
	struct member *member = members_of(kernel) + id;
	const char *module = places[id].module;
	struct type_member found;

	member->tried = true;
	if ((!has(kernel_types(kernel), id, &found) &&
	     (!module || !has(kernel_module_types(kernel, module, NULL), id,
			      &found))) ||
	    found.offset > UINT32_MAX || found.size > UINT32_MAX)
		return;
	member->offset = (uint32_t)found.offset;
	member->size = (uint32_t)found.size;
	member->known = true;
}

/* Types of a module are in its own BTF, and seldom in the kernel's. */
static bool is_missing_of_module(struct kernel *kernel, enum member_id id,
				 struct error *err)
{
	struct error why;

	if (kernel_module_types(kernel, places[id].module, &why))
		return fail(err, ERROR_UNKNOWN,
			    "where struct %s keeps %s is not known: the BTF of the module %s does not describe it",
			    places[id].type, places[id].name, places[id].module);
	return fail(err, ERROR_UNKNOWN,
		    "where struct %s keeps %s is not known: the BTF of the module %s, which a kernel with CONFIG_DEBUG_INFO_BTF_MODULES keeps in memory, or a vmlinux that describes it would tell; %s",
		    places[id].type, places[id].name, places[id].module,
		    why.message);
}

static bool is_missing(struct kernel *kernel, enum member_id id,
		       struct error *err)
{
	const char *why =
		"no vmlinux was given, and the dump's BTF does not tell it";
	char text[256];

	if (places[id].module)
		return is_missing_of_module(kernel, id, err);
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
	const struct member *member = members_of(kernel) + id;

	if (!member->tried)
		look_up(kernel, id);
	if (!member->known) {
		is_missing(kernel, id, err);
		return NULL;
	}
	return member;
}

static bool has_form(const struct kernel *kernel, const struct member *member,
		     enum member_form form)
{
	unsigned int word = kernel_pointer_size(kernel);

	switch (form) {
	case MEMBER_NUMBER:
		return member->size == 1 || member->size == 2 ||
		       member->size == 4 || member->size == 8;
	case MEMBER_INT:
		return member->size == 4;
	case MEMBER_POINTER:
		return member->size == word;
	case MEMBER_LINKS:
		return member->size == 2 * word;
	case MEMBER_TEXT:
		return member->size != 0;
	}
	return false;
}

const struct member *kernel_member_as(struct kernel *kernel, enum member_id id,
				      enum member_form form, struct error *err)
{
	static const char *const forms[] = {
		[MEMBER_NUMBER] = "number",   [MEMBER_INT] = "int",
		[MEMBER_POINTER] = "pointer", [MEMBER_LINKS] = "list_head",
		[MEMBER_TEXT] = "text",
	};
	const struct member *member = kernel_member(kernel, id, err);

	if (!member || has_form(kernel, member, form))
		return member;
	fail(err, ERROR_FORMAT,
	     "struct %s: %s has %u bytes, too many or too few for a %s",
	     places[id].type, places[id].name, member->size, forms[form]);
	return NULL;
}

uint64_t member_load(const struct member_bytes *bytes,
		     const struct member *member, uint64_t at, size_t size)
{
	uint64_t offset = member->offset + at;

	if (!range_within(at, size, member->size) || offset < bytes->start ||
	    !range_within(offset - bytes->start, size, bytes->size))
		return 0;
	return load_le(bytes->data + (offset - bytes->start), size);
}

bool kernel_read_member(struct kernel *kernel, uint64_t address,
			enum member_id id, uint64_t *value, struct error *err)
{
	const struct member *member =
		kernel_member_as(kernel, id, MEMBER_NUMBER, err);

	return member && kernel_read_number(kernel, address + member->offset,
					    member->size, value, err);
}
