/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Writes types in C syntax. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "types/types.h"
#include "types/types_backend.h"

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

void types_text(const struct types_backend *backend, void *source, uint64_t id,
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

enum variable_kind types_variable_kind(const struct type *type, const struct type_label *label,
				       bool is_array)
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
