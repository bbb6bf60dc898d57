/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "value/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/printable.h"
#include "base/text.h"
#include "debuginfo/vmlinux.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/module_types.h"
#include "kernel/view.h"
#include "linux/module/modules.h"

/* --- types --- */

struct type_search {
	const char *name;
	struct ctype *type;
	bool found;
};

static bool search_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct type_search *search = arg;
	struct types *types = kernel_module_types(kernel, module->name, NULL);

	search->found = types && ctype_find(types, search->name, search->type);
	return !search->found;
}

struct type_visit {
	bool (*visit)(const char *keyword, const char *name, void *arg);
	void *arg;
};

static bool visit_module(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	const struct type_visit *visit = arg;
	struct types *types = kernel_module_types(kernel, module->name, NULL);

	if (types)
		ctype_each(types, visit->visit, visit->arg);
	return true;
}

void value_each_type(struct kernel *kernel,
		     bool (*visit)(const char *keyword, const char *name, void *arg), void *arg)
{
	struct types *own = kernel_types(kernel), *dump = kernel_dump_types(kernel);
	struct type_visit modules = { visit, arg };

	if (own)
		ctype_each(own, visit, arg);
	if (dump && dump != own)
		ctype_each(dump, visit, arg);
	module_each(kernel, visit_module, &modules, NULL);
}

struct near_type {
	struct kernel *kernel;
	struct near_name near;
	const char *keyword; /* of the nearest */
};

static bool try_type(const char *keyword, const char *name, void *arg)
{
	struct near_type *type = arg;
	const char *before = type->near.nearest;

	near_name_try(&type->near, name);
	if (type->near.nearest != before)
		type->keyword = keyword;
	return !kernel_stopped(type->kernel);
}

static bool refuse_name(struct kernel *kernel, const char *name, struct error *err)
{
	const char *word = strchr(name, ' ') ? strchr(name, ' ') + 1 : name;
	char wanted[65];
	struct near_type type = { kernel, { wanted, strlen(word) > 4 ? 2 : 1, NULL }, NULL };

	snprintf(wanted, sizeof(wanted), "%.*s", (int)strcspn(word, " *"), word);
	if (err)
		value_each_type(kernel, try_type, &type);
	if (kernel_stopped(kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (!type.near.nearest)
		return fail(err, ERROR_UNKNOWN, "no type \"%s\" in the kernel or its modules",
			    name);
	return fail(err, ERROR_UNKNOWN,
		    "no type \"%s\" in the kernel or its modules; did you mean %s%.64s?", name,
		    word > name ? type.keyword : "", type.near.nearest);
}

static bool find_type(struct kernel *kernel, const char *name, struct ctype *type,
		      struct error *err)
{
	struct types *own = kernel_types(kernel), *dump;
	struct type_search search = { name, type, false };
	char why[WHY_NO_TYPES];

	if (own && ctype_find(own, name, type))
		return true;
	dump = kernel_dump_types(kernel);
	if (dump && dump != own && ctype_find(dump, name, type))
		return true;
	module_each(kernel, search_module, &search, NULL);
	if (search.found)
		return true;
	if (!dump && !(own && types_source(own)) && !kernel_stopped(kernel))
		return fail(err, ERROR_UNKNOWN,
			    "the types of this kernel are not known: the dump has no BTF, and %s%s%s",
			    kernel->vmlinux ? kernel->vmlinux->file.path : kernel->no_vmlinux,
			    kernel->vmlinux ? " " : "",
			    kernel->vmlinux ? vmlinux_why_no_types(kernel->vmlinux, why) : "");
	return refuse_name(kernel, name, err);
}

bool value_char_is_signed(struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel);

	return kernel->arch && kernel->arch->char_was_signed && version &&
	       version < KERNEL_VERSION(6, 2, 0);
}

static bool add_definitions(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct ctype_definitions *found = arg;
	struct types *types = kernel_module_types(kernel, module->name, NULL);

	if (types)
		ctype_definitions_add(found, types);
	return found->nr < MOST_DEFINITIONS;
}

void value_definitions(struct kernel *kernel, const struct ctype *type,
		       struct ctype_definitions *found)
{
	struct types *own = kernel_types(kernel), *dump = kernel_dump_types(kernel);

	ctype_definitions_begin(found, type);
	if (own)
		ctype_definitions_add(found, own);
	if (dump && dump != own)
		ctype_definitions_add(found, dump);
	module_each(kernel, add_definitions, found, NULL);
	for (size_t i = 0; i < found->nr; i++)
		found->type[i].signed_char = type->signed_char;
}

/* The type "NAME#2 *": as NAME, with another definition. */
static bool find_numbered(struct kernel *kernel, const char *name, const char *mark,
			  struct ctype *type, struct error *err)
{
	struct ctype_definitions found;
	char plain[128];
	char *end;
	unsigned long nr = strtoul(mark + 1, &end, 10);
	uint8_t pointers;

	if (mark - name >= (ptrdiff_t)sizeof(plain) || end[strspn(end, " *")])
		return fail(err, ERROR_UNKNOWN, "no type \"%s\"", name);
	snprintf(plain, sizeof(plain), "%.*s", (int)(mark - name), name);
	if (!find_type(kernel, plain, type, err))
		return false;
	value_definitions(kernel, type, &found);
	if (!nr || nr > found.nr)
		return fail(err, ERROR_UNKNOWN, "no type \"%s\": %zu definition%s of %s", name,
			    found.nr, found.nr == 1 ? "" : "s", plain);
	*type = found.type[nr - 1];
	for (pointers = 0; *end; end++)
		if (*end == '*' && !++pointers)
			return fail(err, ERROR_USAGE, "too many '*'");
	type->pointers = pointers;
	return true;
}

bool value_type(struct kernel *kernel, const char *name, struct ctype *type, struct error *err)
{
	const char *mark = strchr(name, '#');

	if (mark ? !find_numbered(kernel, name, mark, type, err) :
		   !find_type(kernel, name, type, err))
		return false;
	type->signed_char = value_char_is_signed(kernel);
	kernel->facts->used_members = true; /* so the types are compared with the dump */
	return true;
}

bool value_enumerator(struct kernel *kernel, const char *name, struct ctype *type, int64_t *number,
		      struct error *err)
{
	struct types *own = kernel_types(kernel), *dump = kernel_dump_types(kernel);
	struct ctype found[2] = { { 0 } };
	int64_t value[2] = { 0 };
	char text[2][128];
	unsigned int nr = own ? ctype_find_enumerator(own, name, found, value) : 0;

	if (!nr && dump && dump != own)
		nr = ctype_find_enumerator(dump, name, found, value);
	*type = found[0];
	*number = value[0];
	if (nr < 2)
		return nr;
	for (unsigned int i = 0; i < 2; i++)
		ctype_declare(&found[i], "", text[i], sizeof(text[i]));
	return fail(err, ERROR_USAGE,
		    "%s is %" PRId64 " in %s, and %" PRId64 " in %s: give the number", name,
		    value[0], text[0], value[1], text[1]);
}

/* --- places and numbers --- */

struct value value_at(struct ctype type, uint64_t address)
{
	return (struct value){
		.type = type,
		.type_source = ctype_source(&type),
		.in_memory = true,
		.address = address,
	};
}

struct value value_of_number(struct ctype type, uint64_t number)
{
	return (struct value){ .type = type, .type_source = ctype_source(&type), .number = number };
}

static void text_of_type(const struct value *value, char *text, size_t size)
{
	ctype_declare(&value->type, "", text, size);
}

/* Fails: `what` cannot be done to a value of this type. */
static bool refuse_type(const struct value *value, const char *what, struct error *err)
{
	char text[160];

	if (value->untyped)
		return fail(
			err, ERROR_UNKNOWN,
			"the type of the variable at %" PRIx64
			" is not known, so it has no %s: a cast gives it a type, as in (struct TYPE *)0x%" PRIx64,
			value->address, what, value->address);
	text_of_type(value, text, sizeof(text));
	return fail(err, ERROR_USAGE, "a value of type \"%s\" has no %s", text, what);
}

/* Keeps the low bits of a number, and extends its sign. bits: 1 to 64. */
static uint64_t fit(uint64_t number, unsigned int bits, bool is_signed)
{
	unsigned int unused = 64 - bits;

	number <<= unused;
	return is_signed ? (uint64_t)((int64_t)number >> unused) : number >> unused;
}

static const char after_null[] = ": a pointer before it is NULL";

bool value_is_null(const struct error *err)
{
	return err->code == ERROR_UNREADABLE && strstr(err->message, after_null);
}

bool value_read(const struct value_memory *memory, uint64_t address, void *bytes, size_t size,
		struct error *err)
{
	if (memory->space ? space_read(memory->space, address, bytes, size, err) :
			    kernel_read(memory->kernel, address, bytes, size, err))
		return true;
	if (address < kernel_page_size(memory->kernel) && err)
		text_append(err->message, sizeof(err->message), "%s", after_null);
	return false;
}

bool value_missing(const struct value_memory *memory, uint64_t address, uint64_t size,
		   struct error *err)
{
	enum { MOST_PAGES = 16 };
	uint64_t page = kernel_page_size(memory->kernel), end;
	uint8_t byte;

	if (!size || size > MOST_PAGES * page || __builtin_add_overflow(address, size, &end))
		return false;
	for (uint64_t at = (end - 1) & ~(page - 1); at > address; at -= page)
		if (value_read(memory, at, &byte, 1, NULL))
			return false;
	return !value_read(memory, address, &byte, 1, err);
}

/* Reads `bits` bits, 1 to 64, which begin `skipped` bits after the address. */
static bool read_bits(const struct value_memory *memory, uint64_t address, unsigned int skipped,
		      unsigned int bits, uint64_t *number, struct error *err)
{
	uint8_t bytes[sizeof(*number) + 1] = { 0 };

	if (!value_read(memory, address, bytes, (skipped + bits + 7) / 8, err))
		return false;
	*number = load_le64(bytes) >> skipped;
	if (skipped)
		*number |= (uint64_t)bytes[sizeof(*number)] << (64 - skipped);
	return true;
}

static bool has_number(const struct ctype_facts *facts)
{
	switch (facts->kind) {
	case CTYPE_UNSIGNED:
	case CTYPE_SIGNED:
	case CTYPE_BOOL:
	case CTYPE_POINTER:
	case CTYPE_ENUM: return facts->size >= 1 && facts->size <= sizeof(uint64_t);
	default: return false;
	}
}

bool value_number(const struct value_memory *memory, const struct value *value, uint64_t *number,
		  struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	unsigned int bits = value->bit_size ? value->bit_size : 8 * (unsigned int)facts.size;

	if (!has_number(&facts))
		return refuse_type(value, "number", err);
	*number = value->number;
	if (value->in_memory &&
	    !read_bits(memory, value->address, value->bit_offset, bits, number, err))
		return false;
	*number = fit(*number, bits, facts.is_signed);
	if (facts.kind == CTYPE_POINTER)
		*number = kernel_untag(memory->kernel, *number);
	return true;
}

bool value_as_address(const struct value_memory *memory, const struct value *value,
		      uint64_t *address, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);

	if (!value->in_memory || (has_number(&facts) && !value->untyped))
		return value_number(memory, value, address, err);
	*address = value->address;
	return true;
}

/* --- the steps --- */

bool value_cast(const struct value_memory *memory, const struct value *value, struct ctype type,
		struct value *result, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&type), from = ctype_describe(&value->type);
	struct value cast = value_of_number(type, 0);

	if (!has_number(&facts))
		return refuse_type(&cast, "casts: cast to a pointer, and use * or ->", err);
	if (from.kind == CTYPE_ARRAY || from.kind == CTYPE_FUNCTION)
		cast.number = value->address; /* an array becomes a pointer to its first element */
	else if (!value_number(memory, value, &cast.number, err))
		return false;
	cast.number = facts.kind == CTYPE_BOOL ?
			      cast.number != 0 :
			      fit(cast.number, 8 * (unsigned int)facts.size, facts.is_signed);
	*result = cast;
	return true;
}

bool value_dereference(const struct value_memory *memory, const struct value *value,
		       struct value *result, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	uint64_t address;

	if (facts.kind == CTYPE_ARRAY)
		return value_index(memory, value, 0, result, err);
	if (facts.kind != CTYPE_POINTER)
		return refuse_type(value, "target: it is no pointer", err);
	if (ctype_describe(&facts.target).kind == CTYPE_VOID)
		return refuse_type(value, "target of a known type: cast it first", err);
	if (!value_number(memory, value, &address, err))
		return false;
	*result = value_at(facts.target, address);
	return true;
}

bool value_index(const struct value_memory *memory, const struct value *value, int64_t index,
		 struct value *result, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	uint64_t address = value->address, size = ctype_describe(&facts.target).size;

	if (facts.kind != CTYPE_ARRAY && facts.kind != CTYPE_POINTER)
		return refuse_type(value, "elements", err);
	if (!size)
		return refuse_type(value, "elements of a known size", err);
	if (facts.kind == CTYPE_POINTER) {
		if (!value_number(memory, value, &address, err))
			return false;
	} else if (facts.count && (index < 0 || (uint64_t)index >= facts.count)) {
		return fail(err, ERROR_USAGE,
			    "there is no element %" PRId64 ": the array has %" PRIu64 " elements",
			    index, facts.count);
	}
	*result = value_at(facts.target, address + (uint64_t)index * size);
	return true;
}

struct value value_of_member(const struct value *value, const struct ctype_member *member)
{
	struct value result = value_at(member->type, value->address + member->bit_offset / 8);

	if (member->bit_size && member->bit_size <= 64) {
		result.bit_offset = member->bit_offset % 8;
		result.bit_size = (uint8_t)member->bit_size;
	}
	result.owner = ctype_describe(&value->type).name;
	result.member = member->name;
	return result;
}

static bool try_name(const char *name, void *arg)
{
	near_name_try(arg, name);
	return true;
}

static bool refuse_member(const struct value *value, const char *name, size_t length,
			  struct error *err)
{
	char text[160], wanted[65];
	struct near_name near = { wanted, length > 4 ? 2 : 1, NULL };

	text_of_type(value, text, sizeof(text));
	snprintf(wanted, sizeof(wanted), "%.*s", (int)length, name);
	ctype_each_name(&value->type, try_name, &near);
	if (near.nearest)
		return fail(err, ERROR_UNKNOWN, "%s has no member \"%s\"; did you mean %.64s?",
			    text, wanted, near.nearest);
	return fail(err, ERROR_UNKNOWN, "%s has no member \"%.*s\"", text, (int)length, name);
}

bool value_member(const struct value_memory *memory, const struct value *value, const char *name,
		  size_t length, struct value *result, struct error *err)
{
	struct value from = *value;
	struct ctype_facts facts = ctype_describe(&from.type);
	struct ctype_member member;

	if (facts.kind == CTYPE_POINTER) {
		if (!value_dereference(memory, value, &from, err))
			return false;
		facts = ctype_describe(&from.type);
	}
	if (facts.kind != CTYPE_STRUCT && facts.kind != CTYPE_UNION)
		return refuse_type(value, "members", err);
	if (!ctype_member(&from.type, name, length, &member))
		return refuse_member(&from, name, length, err);
	*result = value_of_member(&from, &member);
	return true;
}

/* --- paths --- */

/* Reads "[N]" at *at, and moves *at after it. */
static bool read_index(const char **at, int64_t *index, struct error *err)
{
	char *end;

	*index = strtoll(*at + 1, &end, 0);
	if (end == *at + 1 || *end != ']')
		return fail(err, ERROR_USAGE, "\"%s\": an index is a number, as in stack[3]", *at);
	*at = end + 1;
	return true;
}

bool value_path(const struct value_memory *memory, const struct value *from, const char *path,
		struct value *value, struct error *err)
{
	size_t length;
	int64_t index;

	*value = *from;
	for (const char *at = path; *at;) {
		if (*at == '[') {
			if (!read_index(&at, &index, err) ||
			    !value_index(memory, value, index, value, err))
				return false;
			continue;
		}
		if (at > path)
			at += *at == '.' ? 1 : *at == '-' && at[1] == '>' ? 2 : 0;
		length = strcspn(at, ".-[");
		if (!length)
			return fail(err, ERROR_USAGE,
				    "\"%s\" is no path of members, such as se.run_node", path);
		if (!value_member(memory, value, at, length, value, err))
			return false;
		at += length;
	}
	return true;
}

/* --- texts and wide numbers --- */

bool value_is_text(const char *bytes, size_t *size)
{
	size_t length = strnlen(bytes, *size);
	uint32_t code;

	/* A text does not begin with a NUL, unless there is nothing else. */
	for (size_t at = 0; !length && at < *size; at++)
		if (bytes[at])
			return false;
	for (size_t at = 0; at < length;) {
		unsigned int step = utf8_length(bytes + at, length - at, &code);

		/* The last character may be cut. */
		if (!step && length == *size && length - at < UTF8_LENGTH_MAX)
			break;
		if (!step || (printable_steers(code) && !strchr("\t\n", (int)code)))
			return false;
		at += step;
	}
	*size = length;
	return true;
}

bool value_text(const struct value_memory *memory, const struct value *array,
		const struct ctype_facts *facts, char *text, size_t room, size_t *length)
{
	uint64_t count = facts->count ? facts->count : room;

	*length = count < room ? (size_t)count : room;
	return ctype_describe(&facts->target).is_char &&
	       value_read(memory, array->address, text, *length, NULL) &&
	       value_is_text(text, length);
}

bool value_is_wide(const struct ctype_facts *facts)
{
	return (facts->kind == CTYPE_UNSIGNED || facts->kind == CTYPE_SIGNED) && facts->size == 16;
}

bool value_wide(const struct value_memory *memory, const struct value *value, char *text,
		size_t size, struct error *err)
{
	uint8_t bytes[16];
	uint64_t high;

	if (!value_read(memory, value->address, bytes, sizeof(bytes), err))
		return false;
	high = load_le64(bytes + 8);
	if (high)
		snprintf(text, size, "0x%" PRIx64 "%016" PRIx64, high, load_le64(bytes));
	else
		snprintf(text, size, "0x%" PRIx64, load_le64(bytes));
	return true;
}
