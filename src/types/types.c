/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "types/types.h"

#include <stdlib.h>
#include <string.h>

#include "types/types_backend.h"
#include "base/array.h"
#include "symbols/elf_file.h"

enum {
	MAX_ALIASES = 64, /* the longest chain of typedefs, qualifiers and arrays */
	MAX_NESTING = 16, /* the deepest nesting of anonymous structs and unions */
	MAX_VISITS = 1 << 16, /* the most members that one search compares */
};

struct types_answer {
	enum type_kind kind;
	char *name; /* owned */
	uint64_t id; /* 0: the type does not exist */
};

struct types {
	Elf *elf; /* borrowed; NULL: the types are raw BTF */
	bool only_dwarf; /* ignore the section .BTF of elf */
	Elf *supplement; /* borrowed; NULL: none */
	struct bytes btf;
	void *base; /* borrowed: the kernel's BTF, which the BTF of a module continues; or NULL */
	const struct listener *listener; /* borrowed; NULL: none */
	bool opened; /* the backends were opened, or opening them failed */
	const struct types_backend *backend; /* the backend that reads `source` */
	void *source; /* NULL: no types */
	/* Opened when a variable is missing in BTF, which lacks most variables. NULL before. */
	void *dwarf;
	struct types_answer *answers;
	size_t nr_answers;
	size_t room;
};

struct types *types_open(Elf *elf)
{
	struct types *types = calloc(1, sizeof(*types));

	if (types)
		types->elf = elf;
	return types;
}

struct types *types_open_dwarf(Elf *elf)
{
	struct types *types = types_open(elf);

	if (types)
		types->only_dwarf = true;
	return types;
}

void types_supplement(struct types *types, Elf *supplement)
{
	types->supplement = supplement;
}

struct types *types_open_btf(struct bytes btf)
{
	struct types *types = types_open(NULL);

	if (types)
		types->btf = btf;
	return types;
}

static bool ready(struct types *types);

struct types *types_open_split_btf(struct bytes btf, struct types *base)
{
	struct types *types;

	if (!ready(base) || base->backend != &types_btf || base->base)
		return NULL;
	types = types_open_btf(btf);
	if (types)
		types->base = base->source;
	return types;
}

void types_close(struct types *types)
{
	if (!types)
		return;
	if (types->source)
		types->backend->close(types->source);
	if (types->dwarf)
		types_dwarf.close(types->dwarf);
	for (size_t i = 0; i < types->nr_answers; i++)
		free(types->answers[i].name);
	free(types->answers);
	free(types);
}

void types_listen(struct types *types, const struct listener *listener)
{
	types->listener = listener;
}

void types_forget(struct types *types)
{
	size_t nr = 0;

	types->opened = types->source;
	for (size_t i = 0; i < types->nr_answers; i++) {
		if (types->answers[i].id)
			types->answers[nr++] = types->answers[i];
		else
			free(types->answers[i].name);
	}
	types->nr_answers = nr;
}

/* Opens BTF, or DWARF if there is no BTF. BTF is smaller: a hundredth of DWARF's size. If the
 * listener stops the work, BTF may exist, so DWARF is not opened in place of it. */
static void open_source(struct types *types)
{
	bool has_btf = types->elf && !types->only_dwarf;
	Elf_Data *data = has_btf ? elf_section_data(types->elf, ".BTF") : NULL;

	if (data)
		types->btf = (struct bytes){ data->d_buf, data->d_size };
	if (types->btf.size) {
		types->backend = &types_btf;
		types->source = types_btf_open(types->btf, types->base, &types->listener);
	}
	if (!types->source && types->elf && !listener_stops(types->listener)) {
		types->backend = &types_dwarf;
		types->source = types_dwarf_open(types->elf, types->supplement, &types->listener);
	}
}

static bool ready(struct types *types)
{
	if (!types->opened && !listener_stops(types->listener))
		open_source(types);
	types->opened = types->source || !listener_stops(types->listener);
	return types->source != NULL;
}

const struct types_backend *types_backend_of(struct types *types, void **source)
{
	if (!ready(types))
		return NULL;
	*source = types->source;
	return types->backend;
}

const char *types_source(struct types *types)
{
	return ready(types) ? types->backend->name : NULL;
}

unsigned int types_unknown_kind(struct types *types)
{
	return types && ready(types) && types->backend->unknown_kind ?
		       types->backend->unknown_kind(types->source) :
		       0;
}

/* --- names --- */

const char *types_split_name(const char *type, enum type_kind *kind, enum type_kind otherwise)
{
	static const struct {
		const char *keyword;
		size_t length;
		enum type_kind kind;
	} keywords[] = {
		{ "struct ", 7, TYPE_STRUCT },
		{ "union ", 6, TYPE_UNION },
		{ "enum ", 5, TYPE_ENUM },
	};

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (!strncmp(type, keywords[i].keyword, keywords[i].length)) {
			*kind = keywords[i].kind;
			type += keywords[i].length;
			return type + strspn(type, " ");
		}
	}
	*kind = otherwise;
	return type;
}

static void types_remember(struct types *types, enum type_kind kind, const char *name, uint64_t id)
{
	const struct types_answer answer = { kind, strdup(name), id };

	if (answer.name &&
	    !array_add(&types->answers, &types->nr_answers, &types->room, &answer, sizeof(answer)))
		free(answer.name);
}

/* Returns the id of the type with this name ("struct page"), or 0 if there is no such type. */
static uint64_t lookup(struct types *types, const char *type, enum type_kind otherwise)
{
	enum type_kind kind;
	const char *name;
	uint64_t id;

	if (!ready(types))
		return 0;
	name = types_split_name(type, &kind, otherwise);
	for (size_t i = 0; i < types->nr_answers; i++) {
		if (types->answers[i].kind == kind && !strcmp(types->answers[i].name, name))
			return types->answers[i].id;
	}
	if (listener_stops(types->listener))
		return 0;
	id = *name ? types->backend->find(types->source, kind, name) : 0;
	if (!id && listener_stops(types->listener))
		return 0;
	types_remember(types, kind, name, id);
	return id;
}

/* --- resolving --- */

bool types_resolve(const struct types_backend *backend, void *source, uint64_t *id,
		   struct type *type)
{
	for (unsigned int i = 0; i < MAX_ALIASES; i++) {
		if (!*id || !backend->describe(source, *id, type))
			return false;
		if (type->kind != TYPE_ALIAS)
			return true;
		*id = type->target;
	}
	return false;
}

bool types_enter_arrays(const struct types_backend *backend, void *source, uint64_t *id,
			struct type *type, uint64_t *count)
{
	*count = 1;
	for (unsigned int i = 0; i < MAX_ALIASES; i++) {
		if (!types_resolve(backend, source, id, type))
			return false;
		if (type->kind != TYPE_ARRAY)
			return type->kind != TYPE_FUNCTION && type->kind != TYPE_DECLARED;
		if (__builtin_mul_overflow(*count, type->count, count))
			return false;
		*id = type->target;
	}
	return false;
}

static bool enter_arrays(struct types *types, uint64_t *id, struct type *type, uint64_t *count)
{
	return types_enter_arrays(types->backend, types->source, id, type, count);
}

bool types_size(struct types *types, const char *type, uint64_t *size)
{
	uint64_t id = lookup(types, type, TYPE_ALIAS);
	struct type found;
	uint64_t count;

	return id && enter_arrays(types, &id, &found, &count) &&
	       !__builtin_mul_overflow(found.size, count, size) && *size <= INT64_MAX;
}

/* --- members --- */

struct member_search {
	const struct types_backend *backend;
	void *source;
	const char *name; /* has no NUL at the end */
	size_t length;
	unsigned int depth;
	unsigned int visits;
	/* The offset in bits of the struct being searched, in the outermost struct. */
	uint64_t base;
	struct raw_member found; /* its bit_offset is an offset in the outermost struct */
	bool done;
};

static void search_members(struct member_search *search, uint64_t id);

static void search_anonymous(struct member_search *search, const struct raw_member *member)
{
	uint64_t base = search->base;
	uint64_t id = member->type;
	struct type type;

	if (search->depth == MAX_NESTING ||
	    !types_resolve(search->backend, search->source, &id, &type) ||
	    (type.kind != TYPE_STRUCT && type.kind != TYPE_UNION))
		return;
	search->depth++;
	search->base += member->bit_offset;
	search_members(search, id);
	search->base = base;
	search->depth--;
}

static bool search_member(const struct raw_member *member, void *arg)
{
	struct member_search *search = arg;

	if (++search->visits > MAX_VISITS)
		return false;
	if (!member->name || !*member->name) {
		search_anonymous(search, member);
	} else if (!strncmp(member->name, search->name, search->length) &&
		   !member->name[search->length]) {
		search->found = *member;
		search->found.bit_offset += search->base;
		search->done = true;
	}
	return !search->done;
}

static void search_members(struct member_search *search, uint64_t id)
{
	search->backend->each_member(search->source, id, search_member, search);
}

bool types_search_member(const struct types_backend *backend, void *source, uint64_t id,
			 const char *name, size_t length, struct raw_member *found)
{
	struct member_search search = {
		.backend = backend,
		.source = source,
		.name = name,
		.length = length,
	};

	if (length)
		search_members(&search, id);
	*found = search.found;
	return search.done;
}

/* Follows one component of a path. *id is a struct, or an array of structs, and becomes the type of
 * the member with this name. Adds the member's offset to *found. */
static bool enter_member(struct types *types, uint64_t *id, const char *name, size_t length,
			 struct raw_member *found)
{
	struct raw_member member;
	struct type type;
	uint64_t count;

	if (!enter_arrays(types, id, &type, &count) ||
	    (type.kind != TYPE_STRUCT && type.kind != TYPE_UNION) ||
	    !types_search_member(types->backend, types->source, *id, name, length, &member))
		return false;
	*id = member.type;
	member.bit_offset += found->bit_offset;
	*found = member;
	return true;
}

static bool describe_member(struct types *types, const struct raw_member *member,
			    struct type_member *found)
{
	uint64_t id = member->type;
	struct type type;

	*found = (struct type_member){ .offset = member->bit_offset / 8, .count = 1 };
	if (member->bit_size) {
		found->size = (member->bit_offset % 8 + member->bit_size + 7) / 8;
		return true;
	}
	if (!enter_arrays(types, &id, &type, &found->count) ||
	    __builtin_mul_overflow(type.size, found->count, &found->size))
		return false;
	found->is_pointer = type.kind == TYPE_POINTER;
	return true;
}

/* Follows a pointer: *id becomes the type that it points to. Offsets in *found start at 0 again. */
static bool types_follow_pointer(struct types *types, uint64_t *id, struct raw_member *found)
{
	struct type type;

	if (!types->backend->describe(types->source, *id, &type) || type.kind != TYPE_POINTER)
		return false;
	*id = type.target;
	found->bit_offset = 0;
	return true;
}

bool types_member(struct types *types, const char *type, const char *member,
		  struct type_member *found)
{
	uint64_t id = lookup(types, type, TYPE_ALIAS);
	struct raw_member raw = { 0 };

	if (!id)
		return false;
	for (;;) {
		size_t length = strcspn(member, ".-");

		if (!enter_member(types, &id, member, length, &raw))
			return false;
		member += length;
		if (!*member)
			return describe_member(types, &raw, found);
		if (*member == '-') {
			if (*++member != '>' || !types_follow_pointer(types, &id, &raw))
				return false;
		}
		member++;
	}
}

/* --- enumerators --- */

struct enumerator_search {
	const char *name;
	int64_t value;
	bool found;
};

static bool search_enumerator(const char *name, int64_t value, void *arg)
{
	struct enumerator_search *search = arg;

	search->found = !strcmp(name, search->name);
	if (search->found)
		search->value = value;
	return !search->found;
}

bool types_enumerator(struct types *types, const char *enumeration, const char *name,
		      int64_t *value)
{
	struct enumerator_search search = { .name = name };

	if (!types_each_enumerator(types, enumeration, search_enumerator, &search) || !search.found)
		return false;
	*value = search.value;
	return true;
}

bool types_each_enumerator(struct types *types, const char *enumeration,
			   bool (*visit)(const char *name, int64_t value, void *arg), void *arg)
{
	uint64_t id = lookup(types, enumeration, TYPE_ENUM);
	struct type type;

	if (!id || !types_resolve(types->backend, types->source, &id, &type) ||
	    type.kind != TYPE_ENUM)
		return false;
	types->backend->each_enumerator(types->source, id, visit, arg);
	return true;
}

/* --- variables --- */

struct variable_search {
	const struct types_backend *backend;
	void *source;
	const char *name;
	uint64_t address, size; /* 0: unknown */
};

/* Finds a variable in one source of types. Returns 0 if it is missing or has another size. */
static uint64_t ask_for_variable(const struct variable_search *search)
{
	uint64_t id = search->backend->find_variable(search->source, search->name, search->address);
	uint64_t element = id, count, own;
	struct type type;

	if (!types_enter_arrays(search->backend, search->source, &element, &type, &count))
		return 0;
	/* An array that was declared without a length gets its length from its symbol's size. */
	if (!count && type.size)
		count = search->size / type.size;
	if (__builtin_mul_overflow(type.size, count, &own) || !own ||
	    (!search->address && search->size && own != search->size))
		return 0;
	return id;
}

/* Returns the DWARF, also beside BTF, or NULL. */
static void *dwarf_of(struct types *types)
{
	if (!ready(types) || types->backend == &types_dwarf)
		return types->source;
	if (!types->dwarf && types->elf)
		types->dwarf = types_dwarf_open(types->elf, types->supplement, &types->listener);
	return types->dwarf;
}

uint64_t types_dwarf_type(struct types *types, uint64_t offset, void **source)
{
	*source = dwarf_of(types);
	return *source ? types_dwarf_at(*source, offset) : 0;
}

static uint64_t search_variable(struct types *types, struct variable_search *search,
				uint64_t address)
{
	uint64_t id;

	/* BTF has no addresses. */
	search->address = search->backend == &types_dwarf ? address : 0;
	id = ask_for_variable(search);
	if (id)
		return id;
	if (search->backend == &types_btf && types->elf) {
		search->backend = &types_dwarf;
		search->source = dwarf_of(types);
		search->address = address;
		id = search->source ? ask_for_variable(search) : 0;
	}
	/* A variable of assembly or the linker has only a declaration, which has no address. */
	search->address = 0;
	return id || search->backend != &types_dwarf || !search->source ? id :
									  ask_for_variable(search);
}

uint64_t types_find_variable(struct types *types, const char *name, uint64_t address, uint64_t size,
			     const struct types_backend **backend, void **source)
{
	struct variable_search search = { .name = name, .size = size };
	uint64_t id;

	if (!ready(types))
		return 0;
	search.backend = types->backend;
	search.source = types->source;
	id = search_variable(types, &search, address);
	*backend = search.backend;
	*source = search.source;
	return id;
}
