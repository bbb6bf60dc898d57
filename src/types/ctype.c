/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "types/ctype.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/scatter.h"
#include "base/text.h"
#include "symbols/symbol_names.h"
#include "types/types_backend.h"

/* --- integers of C --- */

/* The id of an integer without a source: its size, and INTEGER_SIGNED. */
enum { INTEGER_SIZES = 15, INTEGER_SIGNED = 16 };

struct ctype ctype_integer(unsigned int size, bool is_signed, unsigned int word)
{
	return (struct ctype){
		.id = (size & INTEGER_SIZES) | (is_signed ? INTEGER_SIGNED : 0),
		.word = (uint8_t)word,
	};
}

static const char *integer_name(const struct ctype *type)
{
	bool is_signed = type->id & INTEGER_SIGNED;

	switch (type->id & INTEGER_SIZES) {
	case 1: return is_signed ? "signed char" : "unsigned char";
	case 2: return is_signed ? "short" : "unsigned short";
	case 4: return is_signed ? "int" : "unsigned int";
	default:
		if (type->word < 8)
			return is_signed ? "long long" : "unsigned long long";
		return is_signed ? "long" : "unsigned long";
	}
}

/* The integers of C, as GCC writes them into DWARF and BTF, and as clang and people write them. */
static const struct c_integer {
	const char *names[2];
	uint8_t size; /* 0: the size of a pointer */
	bool is_signed;
} integers[] = {
	{ { "char", "char" }, 1, true },
	{ { "signed char", "signed char" }, 1, true },
	{ { "unsigned char", "unsigned char" }, 1, false },
	{ { "short int", "short" }, 2, true },
	{ { "short unsigned int", "unsigned short" }, 2, false },
	{ { "int", "int" }, 4, true },
	{ { "unsigned int", "unsigned int" }, 4, false },
	{ { "long int", "long" }, 0, true },
	{ { "long unsigned int", "unsigned long" }, 0, false },
	{ { "long long int", "long long" }, 8, true },
	{ { "long long unsigned int", "unsigned long long" }, 8, false },
};

/* Returns the shorter name of an integer, such as "unsigned long" for "long unsigned int". */
static const char *short_name(const char *name)
{
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
		if (!strcmp(integers[i].names[0], name))
			return integers[i].names[1];
	return name;
}

/* --- describing --- */

/* A type of the same source as another. */
static struct ctype ctype_beside(const struct ctype *other, uint64_t id)
{
	return (struct ctype){ other->backend, other->source, id, .word = other->word,
			       .signed_char = other->signed_char };
}

struct ctype ctype_pointer_to(struct ctype type)
{
	if (type.pointers < UINT8_MAX)
		type.pointers++;
	return type;
}

static bool is_struct(const struct type *raw)
{
	return raw->kind == TYPE_STRUCT || raw->kind == TYPE_UNION;
}

static const char *raw_name(const struct ctype *type)
{
	struct type_label label;

	return type->backend->label(type->source, type->id, &label) && label.name ? label.name : "";
}

/* Follows typedefs and qualifiers, and completes a declaration. Returns false if the type is void
 * (then type->id is 0), or is unknown. */
static bool ctype_settle(struct ctype *type, struct type *raw)
{
	const char *name;
	uint64_t id;

	if (!type->backend || !types_resolve(type->backend, type->source, &type->id, raw))
		return false;
	if (raw->kind != TYPE_DECLARED)
		return true;
	name = raw_name(type);
	id = *name ? type->backend->find(type->source, raw->declared, name) : 0;
	if (!id || !type->backend->describe(type->source, id, raw))
		return false;
	type->id = id;
	return raw->kind != TYPE_DECLARED;
}

static enum ctype_kind kind_of_coding(enum type_coding coding)
{
	switch (coding) {
	case CODED_UNSIGNED: return CTYPE_UNSIGNED;
	case CODED_SIGNED: return CTYPE_SIGNED;
	case CODED_BOOL: return CTYPE_BOOL;
	case CODED_FLOAT: return CTYPE_FLOAT;
	default: return CTYPE_UNKNOWN;
	}
}

static struct ctype_facts facts_of_array(const struct ctype *type, const struct type *raw)
{
	struct ctype_facts facts = { .kind = CTYPE_UNKNOWN, .name = "" };
	uint64_t id = raw->target, count;
	unsigned int dimension = type->dimension;
	struct type element;

	if (dimension >= raw->nr_dims ||
	    !types_enter_arrays(type->backend, type->source, &id, &element, &count) ||
	    __builtin_mul_overflow(element.size, count, &facts.size))
		return facts;
	for (unsigned int i = dimension; i < raw->nr_dims; i++)
		if (__builtin_mul_overflow(facts.size, raw->dim[i], &facts.size))
			return (struct ctype_facts){ .kind = CTYPE_UNKNOWN, .name = "" };
	facts.kind = CTYPE_ARRAY;
	facts.count = raw->dim[dimension];
	facts.target = ctype_beside(type, dimension + 1 < raw->nr_dims ? type->id : raw->target);
	if (dimension + 1 < raw->nr_dims)
		facts.target.dimension = (uint8_t)(dimension + 1);
	return facts;
}

static struct ctype_facts facts_of_named(const struct ctype *type, const struct type *raw)
{
	struct ctype_facts facts = { .kind = CTYPE_UNKNOWN, .size = raw->size, .name = "" };
	struct type_label label;

	if (!type->backend->label(type->source, type->id, &label))
		return facts;
	facts.name = label.name ? label.name : "";
	facts.is_signed = label.coding == CODED_SIGNED;
	switch (raw->kind) {
	case TYPE_STRUCT: facts.kind = CTYPE_STRUCT; break;
	case TYPE_UNION: facts.kind = CTYPE_UNION; break;
	case TYPE_ENUM: facts.kind = CTYPE_ENUM; break;
	default: facts.kind = kind_of_coding(label.coding);
	}
	/* char is recognised by its name, because since 6.2 (3bc753c06dd0) it has the same encoding
	 * as u8. */
	facts.is_char = raw->size == 1 && !strcmp(facts.name, "char");
	facts.is_signed |= facts.is_char && type->signed_char;
	return facts;
}

static struct ctype_facts facts_of_settled(const struct ctype *type, const struct type *raw)
{
	struct ctype_facts facts = { .name = "" };

	switch (raw->kind) {
	case TYPE_ARRAY: return facts_of_array(type, raw);
	case TYPE_POINTER:
		facts.kind = CTYPE_POINTER;
		facts.size = raw->size;
		facts.target = ctype_beside(type, raw->target);
		return facts;
	case TYPE_FUNCTION: facts.kind = CTYPE_FUNCTION; return facts;
	default: return facts_of_named(type, raw);
	}
}

static struct ctype_facts facts_of_any(const struct ctype *type)
{
	struct ctype_facts facts = { .kind = CTYPE_VOID, .name = "" };
	struct ctype at = *type;
	struct type raw;

	if (at.pointers) {
		facts.kind = CTYPE_POINTER;
		facts.size = at.word;
		facts.target = at;
		facts.target.pointers--;
		return facts;
	}
	if (at.id && !at.backend) {
		facts.is_signed = at.id & INTEGER_SIGNED;
		facts.kind = facts.is_signed ? CTYPE_SIGNED : CTYPE_UNSIGNED;
		facts.size = at.id & INTEGER_SIZES;
		facts.name = integer_name(&at);
		return facts;
	}
	if (ctype_settle(&at, &raw))
		return facts_of_settled(&at, &raw);
	if (at.id) {
		facts.kind = CTYPE_UNKNOWN;
		facts.name = raw_name(&at);
	}
	return facts;
}

/* As in GCC, no type is larger than PTRDIFF_MAX. A file may state larger sizes. */
struct ctype_facts ctype_describe(const struct ctype *type)
{
	struct ctype_facts facts = facts_of_any(type);

	if (facts.size > INT64_MAX)
		return (struct ctype_facts){ .kind = CTYPE_UNKNOWN, .name = facts.name };
	return facts;
}

const char *ctype_source(const struct ctype *type)
{
	return type->backend ? type->backend->name : "";
}

/* --- finding --- */

enum { OF_CHAR = 0, OF_SHORT = 3, OF_INT = 5, OF_LONG = 7, OF_LONG_LONG = 9 };

/* Finds the integer with these words in any order, such as "long unsigned int". */
static const struct c_integer *parse_integer(const char *text)
{
	static const char *const words[] = { "char", "short", "int", "signed", "long", "unsigned" };
	unsigned int seen[6] = { 0 };
	size_t length, nr = 0, place;
	char word[10];

	for (; *text; text += length, text += strspn(text, " "), nr++) {
		length = strcspn(text, " ");
		snprintf(word, sizeof(word), "%.*s", (int)(length < 9 ? length : 9), text);
		if (length >= sizeof(word) || !text_place(word, words, 6, &place))
			return NULL;
		seen[place]++;
	}
	if (!nr || seen[0] + seen[1] > 1 || seen[2] > 1 || seen[3] + seen[5] > 1 || seen[4] > 2 ||
	    (seen[4] && seen[0] + seen[1]) || (seen[0] && seen[2]))
		return NULL;
	if (seen[0])
		return &integers[OF_CHAR + seen[3] + 2 * seen[5]];
	return &integers[(seen[1] ? OF_SHORT : OF_INT + 2 * seen[4]) + seen[5]];
}

static bool find_integer(struct ctype *type, const char *name)
{
	const struct c_integer *integer = parse_integer(name);

	if (!integer)
		return false;
	for (unsigned int i = 0; i < 2 && !type->id; i++)
		type->id = type->backend->find(type->source, TYPE_ALIAS, integer->names[i]);
	if (!type->id)
		*type = ctype_integer(integer->size ? integer->size : type->word,
				      integer->is_signed, type->word);
	return true;
}

static bool find_named(struct ctype *type, const char *text)
{
	enum type_kind kind;
	const char *name = types_split_name(text, &kind, TYPE_ANY);

	type->id = *name ? type->backend->find(type->source, kind, name) : 0;
	return type->id;
}

bool ctype_find(struct types *types, const char *text, struct ctype *type)
{
	char name[MOST_NAME];
	size_t length = strlen(text);

	*type = (struct ctype){ 0 };
	type->backend = types_backend_of(types, &type->source);
	if (!type->backend)
		return false;
	type->word = (uint8_t)type->backend->pointer_size(type->source);
	if (!type->word)
		type->word = 8;
	for (; starts_with(text, "const ") || starts_with(text, "volatile "); length = strlen(text))
		text = strchr(text, ' ') + strspn(strchr(text, ' '), " ");
	for (; length && (text[length - 1] == ' ' || text[length - 1] == '*'); length--)
		if (text[length - 1] == '*' && !++type->pointers)
			return false;
	if (length >= sizeof(name))
		return false;
	memcpy(name, text, length);
	name[length] = '\0';
	return !strcmp(name, "void") || find_integer(type, name) || find_named(type, name);
}

struct shape {
	uint64_t hash;
	unsigned int nr; /* of members that are in it */
};

/* A hostile file may have many members, and long names. */
enum { MOST_IN_SHAPE = 1 << 12, MOST_OF_NAME = 128 };

static bool mix(struct shape *shape, const char *name, uint64_t number)
{
	uint64_t key = scatter_key();

	for (size_t i = 0; name && name[i] && i < MOST_OF_NAME; i++)
		shape->hash = scatter(shape->hash ^ (uint8_t)name[i], key);
	shape->hash = scatter(shape->hash ^ number, key);
	return ++shape->nr < MOST_IN_SHAPE;
}

static bool mix_member(const struct raw_member *member, void *arg)
{
	return mix(arg, member->name, member->bit_offset << 6 ^ member->bit_size);
}

static bool mix_enumerator(const char *name, int64_t value, void *arg)
{
	return mix(arg, name, (uint64_t)value);
}

/* Sets *kind, too. */
static uint64_t shape_of(const struct ctype *type, enum type_kind *kind)
{
	struct shape shape = { 0 };
	struct type raw = { .kind = TYPE_OTHER };

	if (type->backend && type->backend->describe(type->source, type->id, &raw)) {
		mix(&shape, NULL, raw.size);
		if (raw.kind == TYPE_ENUM)
			type->backend->each_enumerator(type->source, type->id, mix_enumerator,
						       &shape);
		else
			type->backend->each_member(type->source, type->id, mix_member, &shape);
	}
	*kind = raw.kind;
	return shape.hash;
}

struct definition_search {
	struct ctype type; /* its id is of the next definition */
	struct ctype_definitions *found;
};

static bool see_definition(uint64_t id, void *arg)
{
	struct definition_search *search = arg;
	struct ctype_definitions *found = search->found;
	enum type_kind kind;
	uint64_t shape;

	if (id == found->type[0].id && search->type.source == found->type[0].source)
		return true;
	search->type.id = id;
	shape = shape_of(&search->type, &kind);
	for (size_t i = 0; i < found->nr; i++)
		if (found->shape[i] == shape)
			return true;
	found->type[found->nr] = search->type;
	found->shape[found->nr++] = shape;
	return found->nr < MOST_DEFINITIONS;
}

void ctype_definitions_begin(struct ctype_definitions *found, const struct ctype *first)
{
	found->type[0] = *first;
	found->nr = 1;
}

void ctype_definitions_add(struct ctype_definitions *found, struct types *types)
{
	struct definition_search search = { found->type[0], found };
	const struct ctype *first = &found->type[0];
	struct type_label label;
	enum type_kind kind;

	search.type.backend = types_backend_of(types, &search.type.source);
	/* Two formats may write the same type differently. */
	if (!first->backend || search.type.backend != first->backend || first->pointers ||
	    found->nr == MOST_DEFINITIONS ||
	    !first->backend->label(first->source, first->id, &label) || !label.name || !*label.name)
		return;
	found->shape[0] = shape_of(first, &kind);
	if (kind == TYPE_STRUCT || kind == TYPE_UNION || kind == TYPE_ENUM)
		search.type.backend->each_definition(search.type.source, kind, label.name,
						     see_definition, &search);
}

void ctype_each(struct types *types,
		bool (*visit)(const char *keyword, const char *name, void *arg), void *arg)
{
	const struct types_backend *backend;
	void *source;

	backend = types_backend_of(types, &source);
	if (backend)
		backend->each_type(source, visit, arg);
}

bool ctype_of_variable(struct types *types, const char *name, uint64_t address, uint64_t size,
		       struct ctype *type)
{
	*type = (struct ctype){ 0 };
	type->id = types_find_variable(types, name, address, size, &type->backend, &type->source);
	if (!type->id)
		return false;
	type->word = (uint8_t)type->backend->pointer_size(type->source);
	return true;
}

bool ctype_of_die(struct types *types, uint64_t offset, struct ctype *type)
{
	*type = (struct ctype){ .backend = &types_dwarf };
	type->id = types_dwarf_type(types, offset, &type->source);
	if (!type->id)
		return false;
	type->word = (uint8_t)type->backend->pointer_size(type->source);
	return true;
}

/* --- members --- */

struct ctype_visit {
	const struct ctype *type;
	bool (*visit)(const struct ctype_member *member, void *arg);
	void *arg;
	bool stopped;
};

static struct ctype_member member_of(const struct ctype *type, const struct raw_member *raw)
{
	return (struct ctype_member){
		.name = raw->name ? raw->name : "",
		.type = ctype_beside(type, raw->type),
		.bit_offset = raw->bit_offset,
		.bit_size = raw->bit_size,
	};
}

static bool visit_raw(const struct raw_member *raw, void *arg)
{
	struct ctype_visit *visit = arg;
	struct ctype_member member = member_of(visit->type, raw);

	visit->stopped = !visit->visit(&member, visit->arg);
	return !visit->stopped;
}

bool ctype_each_member(const struct ctype *type,
		       bool (*visit)(const struct ctype_member *member, void *arg), void *arg)
{
	struct ctype at = *type;
	struct ctype_visit visiting = { &at, visit, arg, false };
	struct type raw;

	if (at.pointers || !ctype_settle(&at, &raw) || !is_struct(&raw))
		return false;
	at.backend->each_member(at.source, at.id, visit_raw, &visiting);
	return !visiting.stopped;
}

struct name_visit {
	bool (*visit)(const char *name, void *arg);
	void *arg;
	unsigned int depth, nr;
	bool ended;
};

static bool visit_name(const struct ctype_member *member, void *arg)
{
	enum { MOST_NESTED = 24, MOST_NAMES = 1 << 16 };
	struct name_visit *names = arg;

	if (++names->nr > MOST_NAMES) {
		names->ended = true;
	} else if (*member->name) {
		names->ended = !names->visit(member->name, names->arg);
	} else if (names->depth < MOST_NESTED) {
		names->depth++;
		ctype_each_member(&member->type, visit_name, names);
		names->depth--;
	}
	return !names->ended;
}

void ctype_each_name(const struct ctype *type, bool (*visit)(const char *name, void *arg),
		     void *arg)
{
	struct name_visit names = { .visit = visit, .arg = arg };

	ctype_each_member(type, visit_name, &names);
}

bool ctype_member(const struct ctype *type, const char *name, size_t length,
		  struct ctype_member *member)
{
	struct ctype at = *type;
	struct raw_member found;
	struct type raw;

	if (at.pointers || !ctype_settle(&at, &raw) || !is_struct(&raw) ||
	    !types_search_member(at.backend, at.source, at.id, name, length, &found))
		return false;
	*member = member_of(&at, &found);
	return true;
}

/* Enters the element of an array at an index such as "[3]". *at and *left are what follows "[". */
static bool enter_element(struct ctype_member *member, const char **at, const char *end)
{
	struct ctype_facts facts = ctype_describe(&member->type);
	uint64_t index = 0, bits, size;
	const char *start = *at;

	for (; *at < end && **at >= '0' && **at <= '9' && *at - start < 10; ++*at)
		index = 10 * index + (uint64_t)(**at - '0');
	if (*at == start || *at == end || **at != ']' || facts.kind != CTYPE_ARRAY ||
	    (facts.count && index >= facts.count))
		return false;
	++*at;
	size = ctype_describe(&facts.target).size;
	member->type = facts.target;
	return !__builtin_mul_overflow(size, 8 * index, &bits) &&
	       !__builtin_add_overflow(member->bit_offset, bits, &member->bit_offset);
}

bool ctype_path(const struct ctype *type, const char *path, size_t length,
		struct ctype_member *member)
{
	const char *at = path, *end = path + length;
	struct ctype_member found;

	*member = (struct ctype_member){ .name = "", .type = *type };
	for (;;) {
		const char *start = at;

		while (at < end && *at != '.' && *at != '[')
			at++;
		if (!ctype_member(&member->type, start, (size_t)(at - start), &found) ||
		    __builtin_add_overflow(found.bit_offset, member->bit_offset, &found.bit_offset))
			return false;
		*member = found;
		member->name = "";
		while (at < end && *at == '[') {
			at++;
			if (!enter_element(member, &at, end))
				return false;
		}
		if (at == end)
			return true;
		if (*at++ != '.')
			return false;
	}
}

/* --- enumerators --- */

void ctype_each_enumerator(const struct ctype *type,
			   bool (*visit)(const char *name, int64_t value, void *arg), void *arg)
{
	struct ctype at = *type;
	struct type raw;

	if (!at.pointers && ctype_settle(&at, &raw) && raw.kind == TYPE_ENUM)
		at.backend->each_enumerator(at.source, at.id, visit, arg);
}

struct enumerator_value {
	uint64_t value, mask;
	const char *name;
	bool last; /* go on after the first */
};

static bool see_enumerator(const char *name, int64_t value, void *arg)
{
	struct enumerator_value *wanted = arg;

	if ((((uint64_t)value ^ wanted->value) & wanted->mask) == 0)
		wanted->name = name;
	return wanted->last || !wanted->name;
}

const char *ctype_enumerator_of(const struct ctype *type, uint64_t value, bool last)
{
	struct enumerator_value wanted = { .value = value, .mask = UINT64_MAX, .last = last };
	uint64_t size = ctype_describe(type).size;

	if (size && size < sizeof(value))
		wanted.mask >>= 64 - 8 * size;
	ctype_each_enumerator(type, see_enumerator, &wanted);
	return wanted.name;
}

struct enumerator_search {
	struct ctype *type;
	const char *name;
	int64_t *value;
	unsigned int nr;
	uint64_t id; /* of the enum that is searched */
};

static bool compare_enumerator(const char *name, int64_t value, void *arg)
{
	struct enumerator_search *search = arg;

	if (strcmp(name, search->name) != 0)
		return true;
	if (!search->nr || value != search->value[0]) {
		search->type[search->nr].id = search->id;
		search->value[search->nr++] = value;
	}
	return false;
}

/* DWARF is read until an enum has the name, because reading all of it takes seconds. */
static bool search_enum(uint64_t id, void *arg)
{
	struct enumerator_search *search = arg;
	struct ctype *type = search->type;

	search->id = id;
	type->backend->each_enumerator(type->source, id, compare_enumerator, search);
	return search->nr < 2 && !(search->nr && type->backend == &types_dwarf);
}

unsigned int ctype_find_enumerator(struct types *types, const char *name, struct ctype type[2],
				   int64_t value[2])
{
	struct enumerator_search search = { .type = type, .name = name, .value = value };

	type[0] = (struct ctype){ .word = 8 };
	type[0].backend = types_backend_of(types, &type[0].source);
	type[1] = type[0];
	if (type[0].backend)
		type[0].backend->each_enum(type[0].source, name, search_enum, &search);
	return search.nr;
}

/* --- declarations --- */

enum {
	MOST_STEPS = 64, /* the longest chain of pointers, arrays, functions and qualifiers */
	MOST_INSIDE = 4, /* the deepest nesting of parameters */
	/* How many types one declaration may contain, because the parameters of hostile functions
	 * may be functions with many parameters. */
	MOST_PARTS = 256,
	MOST_TEXT = 512,
};

/* A declarator is the text around the name, such as "*name", "name[4]" or "(*name)(int)". */
struct declarator {
	char text[MOST_TEXT];
	bool is_const, is_volatile, is_atomic; /* they apply to the next part */
	unsigned int *parts, depth;
};

static void wrap(struct declarator *declarator, const char *before, const char *after)
{
	char inner[MOST_TEXT];

	strcpy(inner, declarator->text);
	snprintf(declarator->text, MOST_TEXT, "%s%s%s", before, inner, after);
}

/* Appends "(int)" or "[4]". If the declarator is a pointer, it is put into parentheses first. */
static void append(struct declarator *declarator, const char *text)
{
	if (declarator->text[0] == '*')
		wrap(declarator, "(", ")");
	wrap(declarator, "", text);
}

static void add_qualifiers(struct declarator *declarator, char *text, size_t size)
{
	text_append(text, size, "%s%s%s", declarator->is_const ? "const " : "",
		    declarator->is_volatile ? "volatile " : "",
		    declarator->is_atomic ? "_Atomic " : "");
	declarator->is_const = declarator->is_volatile = declarator->is_atomic = false;
}

static void add_pointer(struct declarator *declarator)
{
	char text[32] = "*";

	add_qualifiers(declarator, text, sizeof(text));
	if (text[1] && !declarator->text[0])
		text[strlen(text) - 1] = '\0';
	wrap(declarator, text, "");
}

static void add_dimensions(struct declarator *declarator, const struct type *raw,
			   unsigned int first)
{
	char text[32];

	for (unsigned int i = first; i < raw->nr_dims; i++) {
		snprintf(text, sizeof(text), "[%" PRIu64 "]", raw->dim[i]);
		append(declarator, raw->dim[i] ? text : "[]");
	}
}

static void declare(const struct ctype *type, const char *name, char *text, size_t size,
		    unsigned int *parts, unsigned int depth);

struct parameters {
	const struct ctype *type;
	const struct declarator *declarator;
	char text[MOST_TEXT];
};

static bool add_parameter(const struct raw_member *member, void *arg)
{
	struct parameters *parameters = arg;
	struct ctype type = ctype_beside(parameters->type, member->type);
	char text[MOST_TEXT] = "...";

	if (member->type)
		declare(&type, "", text, sizeof(text), parameters->declarator->parts,
			parameters->declarator->depth + 1);
	text_append(parameters->text, MOST_TEXT, "%s%s", parameters->text[1] ? ", " : "", text);
	return *parameters->declarator->parts < MOST_PARTS &&
	       strlen(parameters->text) < MOST_TEXT - 1;
}

static void add_function(struct declarator *declarator, const struct ctype *type)
{
	struct parameters parameters = { type, declarator, "(" };

	if (declarator->depth < MOST_INSIDE)
		type->backend->each_member(type->source, type->id, add_parameter, &parameters);
	text_append(parameters.text, MOST_TEXT, "%s)", parameters.text[1] ? "" : "void");
	append(declarator, parameters.text);
}

/* Adds one level of a type to the declarator, and sets type->id to the next level. Returns false if
 * this level is the innermost type, which has this label. */
static bool add_level(struct declarator *declarator, struct ctype *type, struct type_label *label)
{
	bool described;
	struct type raw;

	described = type->backend->describe(type->source, type->id, &raw);
	if (described && raw.kind == TYPE_POINTER)
		add_pointer(declarator);
	else if (described && raw.kind == TYPE_ARRAY)
		add_dimensions(declarator, &raw, type->dimension);
	else if (described && raw.kind == TYPE_FUNCTION)
		add_function(declarator, type);
	else if (!type->backend->label(type->source, type->id, label) || label->kind == LABEL_NAME)
		return false;
	else if (!described || raw.kind != TYPE_ALIAS)
		return false;
	declarator->is_const |= raw.kind == TYPE_ALIAS && label->kind == LABEL_CONST;
	declarator->is_volatile |= raw.kind == TYPE_ALIAS && label->kind == LABEL_VOLATILE;
	declarator->is_atomic |= raw.kind == TYPE_ALIAS && label->kind == LABEL_ATOMIC;
	type->dimension = 0;
	type->id = raw.target;
	return true;
}

static void declare(const struct ctype *type, const char *name, char *text, size_t size,
		    unsigned int *parts, unsigned int depth)
{
	struct declarator declarator = { .parts = parts, .depth = depth };
	struct type_label label = { .keyword = "", .name = "void" };
	struct ctype at = *type;

	snprintf(declarator.text, MOST_TEXT, "%s", name);
	for (; at.pointers; at.pointers--)
		wrap(&declarator, "*", "");
	for (unsigned int i = 0; at.backend && at.id && i < MOST_STEPS; i++) {
		if (++*parts > MOST_PARTS) {
			label.name = "?";
			break;
		}
		label = (struct type_label){ .keyword = "", .name = "?" };
		if (!add_level(&declarator, &at, &label))
			break;
		label = (struct type_label){ .keyword = "", .name = at.id ? "?" : "void" };
	}
	if (!at.backend && at.id)
		label.name = integer_name(&at);
	text[0] = '\0';
	add_qualifiers(&declarator, text, size);
	text_append(text, size, "%s%s%s%s", label.keyword,
		    label.name && *label.name ? short_name(label.name) : "{...}",
		    declarator.text[0] ? " " : "", declarator.text);
}

void ctype_declare(const struct ctype *type, const char *name, char *text, size_t size)
{
	unsigned int parts = 0;

	declare(type, name, text, size, &parts, 0);
	text[printable_clean(text, strlen(text))] = '\0';
}
