/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "types/types.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "types/types_backend.h"
#include "base/array.h"
#include "symbols/elf_file.h"

/* --- types as text --- */

/* Writes types in C syntax. */

enum { MOST_STEPS = 64 };

/* A declarator is the text after the name of the innermost type, such as "*", "[4]" or "(*)()". */
struct declarator {
	char text[TYPE_TEXT / 2];
	/* "const " and "volatile " if these qualifiers apply to the next part, or "". */
	const char *is_const, *is_volatile;
	uint64_t count; /* the number of elements, while the dimensions of an array are read */
	bool is_array;
};

static void wrap(struct declarator *declarator, const char *before, const char *after)
{
	char inner[sizeof(declarator->text)];

	strcpy(inner, declarator->text);
	snprintf(declarator->text, sizeof(declarator->text), "%s%s%s", before, inner, after);
}

/* Appends "()" or "[4]" to the declarator. If the declarator is a pointer, it is put into
 * parentheses first: "(*)[4]". */
static void append(struct declarator *declarator, const char *text)
{
	if (declarator->text[0] == '*')
		wrap(declarator, "(", ")");
	wrap(declarator, "", text);
}

static void end_array(struct declarator *declarator)
{
	char text[32];

	if (!declarator->is_array)
		return;
	if (declarator->count)
		snprintf(text, sizeof(text), "[%" PRIu64 "]", declarator->count);
	else
		strcpy(text, "[]");
	append(declarator, text);
	declarator->is_array = false;
}

static void end_pointer(struct declarator *declarator)
{
	char text[32];
	size_t size;

	size = (size_t)snprintf(text, sizeof(text), "*%s%s", declarator->is_const,
				declarator->is_volatile);
	if (size > 1 && !declarator->text[0])
		text[size - 1] = '\0';
	wrap(declarator, text, "");
	declarator->is_const = declarator->is_volatile = "";
}

static void begin_dimension(struct declarator *declarator, uint64_t count)
{
	if (!declarator->is_array)
		declarator->count = 1;
	declarator->is_array = true;
	if (__builtin_mul_overflow(declarator->count, count, &declarator->count))
		declarator->count = UINT64_MAX;
}

/* Adds one level of a type to the declarator. Returns false if this level is the innermost type, or
 * is unknown. */
static bool add_label(struct declarator *declarator, const struct type_label *label)
{
	switch (label->kind) {
	case LABEL_POINTER: end_pointer(declarator); return true;
	case LABEL_FUNCTION: append(declarator, "()"); return true;
	case LABEL_CONST: declarator->is_const = "const "; return true;
	case LABEL_VOLATILE: declarator->is_volatile = "volatile "; return true;
	case LABEL_NONE: return true;
	default: return false;
	}
}

static void types_text(const struct types_backend *backend, void *source, uint64_t id,
		       char text[TYPE_TEXT])
{
	struct declarator declarator = { .is_const = "", .is_volatile = "" };
	struct type_label label = { .keyword = "", .name = "void" };
	struct type type;

	for (unsigned int i = 0; id && i < MOST_STEPS; i++) {
		if (backend->describe(source, id, &type) && type.kind == TYPE_ARRAY) {
			begin_dimension(&declarator, type.count);
			id = type.target;
			continue;
		}
		end_array(&declarator);
		label = (struct type_label){ .keyword = "", .name = "?" };
		if (!backend->label(source, id, &label) || !add_label(&declarator, &label))
			break;
		id = label.target;
		label = (struct type_label){ .keyword = "", .name = "void" };
	}
	end_array(&declarator);
	snprintf(text, TYPE_TEXT, "%s%s%s%s%s%s", declarator.is_const, declarator.is_volatile,
		 label.keyword, label.name && *label.name ? label.name : "{...}",
		 declarator.text[0] ? " " : "", declarator.text);
}

/* --- values --- */

struct variable_value {
	uint64_t value, mask;
	const char *name;
};

static bool see_enumerator(const char *name, int64_t value, void *arg)
{
	struct variable_value *wanted = arg;

	if ((((uint64_t)value ^ wanted->value) & wanted->mask) == 0)
		wanted->name = name;
	return !wanted->name;
}

const char *types_enumerator_of(const struct variable_type *type, uint64_t value)
{
	struct variable_value wanted = { .value = value, .mask = UINT64_MAX };

	if (type->size < sizeof(value))
		wanted.mask >>= 64 - 8 * type->size;
	if (type->kind == VARIABLE_ENUM)
		type->backend->each_enumerator(type->source, type->id, see_enumerator, &wanted);
	return wanted.name;
}

/* Returns the kind of a variable of this type. is_array: the variable is an array
 * of elements of this type. */
static enum variable_kind types_variable_kind(const struct type *type,
					      const struct type_label *label, bool is_array)
{
	if (type->kind != TYPE_OTHER)
		return type->kind == TYPE_ENUM ? VARIABLE_ENUM : VARIABLE_STRUCT;
	if (label->kind == LABEL_POINTER)
		return VARIABLE_POINTER;
	/* char is recognised by its name, because since 6.2 (3bc753c06dd0) it has the same encoding
	 * as u8. */
	if (is_array && label->name && !strcmp(label->name, "char"))
		return VARIABLE_CHAR;
	switch (label->coding) {
	case CODED_UNSIGNED: return VARIABLE_UNSIGNED;
	case CODED_SIGNED: return VARIABLE_SIGNED;
	case CODED_BOOL: return VARIABLE_BOOL;
	default: return VARIABLE_OTHER;
	}
}

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

/* Splits "struct page" into TYPE_STRUCT and "page". Without a keyword, *kind gets `otherwise`. */
static const char *split_name(const char *type, enum type_kind *kind, enum type_kind otherwise)
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
	name = split_name(type, &kind, otherwise);
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

/* Follows typedefs and qualifiers from *id. *id and *type get the type at the end. */
static bool resolve(struct types *types, uint64_t *id, struct type *type)
{
	for (unsigned int i = 0; i < MAX_ALIASES; i++) {
		if (!*id || !types->backend->describe(types->source, *id, type))
			return false;
		if (type->kind != TYPE_ALIAS)
			return true;
		*id = type->target;
	}
	return false;
}

/* If *id is an array, sets *id to the type of its elements, *count to the number of elements over
 * all dimensions, and type->row to the number of elements of the last dimension. If *id is not an
 * array, it stays the same, and *count is 1. */
static bool enter_arrays(struct types *types, uint64_t *id, struct type *type, uint64_t *count)
{
	uint64_t row = 1;

	*count = 1;
	for (unsigned int i = 0; i < MAX_ALIASES; i++) {
		if (!resolve(types, id, type))
			return false;
		if (type->kind != TYPE_ARRAY) {
			type->row = row;
			return true;
		}
		row = type->row;
		if (__builtin_mul_overflow(*count, type->count, count))
			return false;
		*id = type->target;
	}
	return false;
}

bool types_size(struct types *types, const char *type, uint64_t *size)
{
	uint64_t id = lookup(types, type, TYPE_ALIAS);
	struct type found;
	uint64_t count;

	return id && enter_arrays(types, &id, &found, &count) &&
	       !__builtin_mul_overflow(found.size, count, size);
}

/* --- members --- */

struct member_search {
	struct types *types;
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

	if (search->depth == MAX_NESTING || !resolve(search->types, &id, &type) ||
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
	search->types->backend->each_member(search->types->source, id, search_member, search);
}

/* Follows one component of a path. *id is a struct, or an array of structs, and becomes the type of
 * the member with this name. Adds the member's offset to *found. */
static bool enter_member(struct types *types, uint64_t *id, const char *name, size_t length,
			 struct raw_member *found)
{
	struct member_search search = {
		.types = types,
		.name = name,
		.length = length,
	};
	struct type type;
	uint64_t count;

	if (!length || !enter_arrays(types, id, &type, &count) ||
	    (type.kind != TYPE_STRUCT && type.kind != TYPE_UNION))
		return false;
	search_members(&search, *id);
	if (!search.done)
		return false;
	*id = search.found.type;
	search.found.bit_offset += found->bit_offset;
	*found = search.found;
	return true;
}

static bool describe_member(struct types *types, const struct raw_member *member,
			    struct type_member *found)
{
	uint64_t id = member->type;
	struct type_label label;
	struct type type;

	*found = (struct type_member){ .offset = member->bit_offset / 8, .count = 1 };
	if (member->bit_size) {
		found->size = (member->bit_offset % 8 + member->bit_size + 7) / 8;
		return true;
	}
	if (!enter_arrays(types, &id, &type, &found->count) ||
	    __builtin_mul_overflow(type.size, found->count, &found->size))
		return false;
	found->is_pointer = type.kind == TYPE_OTHER &&
			    types->backend->label(types->source, id, &label) &&
			    label.kind == LABEL_POINTER;
	return true;
}

/* Follows a pointer: *id becomes the type that it points to. Offsets in *found start at 0 again. */
static bool types_follow_pointer(struct types *types, uint64_t *id, struct raw_member *found)
{
	struct type_label label;

	if (!types->backend->label(types->source, *id, &label) || label.kind != LABEL_POINTER)
		return false;
	*id = label.target;
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

	if (!id || !resolve(types, &id, &type) || type.kind != TYPE_ENUM)
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

/* Finds a variable in one source of types. Returns false if it is missing or has another size. */
static bool ask_for_variable(const struct variable_search *search, struct variable_type *found)
{
	struct types one = { .backend = search->backend, .source = search->source };
	uint64_t id = search->backend->find_variable(search->source, search->name, search->address);
	uint64_t element = id, own;
	struct type_label label;
	struct type type;

	if (!resolve(&one, &element, &type))
		return false;
	found->is_array = type.kind == TYPE_ARRAY;
	if (!enter_arrays(&one, &element, &type, &found->count) ||
	    !search->backend->label(search->source, element, &label))
		return false;
	found->backend = search->backend;
	found->source = search->source;
	found->id = element;
	found->size = type.size;
	found->row = type.row;
	found->kind = types_variable_kind(&type, &label, found->is_array);
	/* An array that was declared without a length gets its length from its symbol's size. */
	if (found->is_array && !found->count && type.size)
		found->count = search->size / type.size;
	types_text(search->backend, search->source, id, found->text);
	return !__builtin_mul_overflow(found->size, found->count, &own) && own &&
	       (search->address || !search->size || own == search->size);
}

bool types_variable(struct types *types, const char *name, uint64_t address, uint64_t size,
		    struct variable_type *found)
{
	struct variable_search search = { .name = name, .size = size };

	if (!ready(types))
		return false;
	search.backend = types->backend;
	search.source = types->source;
	search.address = search.backend == &types_dwarf ? address : 0; /* BTF has no addresses */
	if (ask_for_variable(&search, found))
		return true;
	if (search.backend == &types_btf && types->elf) {
		if (!types->dwarf)
			types->dwarf =
				types_dwarf_open(types->elf, types->supplement, &types->listener);
		search.backend = &types_dwarf;
		search.source = types->dwarf;
		search.address = address;
		if (types->dwarf && ask_for_variable(&search, found))
			return true;
	}
	/* A variable of assembly or the linker has only a declaration, which has no address. */
	search.address = 0;
	return search.backend == &types_dwarf && search.source && ask_for_variable(&search, found);
}
