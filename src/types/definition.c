/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "types/definition.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "types/types_backend.h"

enum {
	MOST_LINE = 1024,
	MOST_PATH = 512,
	MOST_DEPTH = 24, /* the deepest nesting of anonymous structs and unions */
	MOST_LINES = 1 << 14, /* the longest of 7.2 has fewer than 1000 */
};

struct definition {
	const struct definition_form *form;
	definition_visitor visit;
	void *arg;
	unsigned int width; /* of the column of offsets */
	unsigned int depth, nr_lines;
	uint64_t base; /* the offset in bits of the struct whose members are visited */
	char path[MOST_PATH]; /* of this struct; ends with '.', or is empty */
	bool stopped, excess;
};

/* --- lines --- */

static bool put_line(struct definition *definition, struct definition_line *line, const char *text)
{
	line->text = text;
	if (++definition->nr_lines > MOST_LINES)
		definition->excess = true;
	definition->stopped = definition->excess || !definition->visit(line, definition->arg);
	return !definition->stopped;
}

static bool put_text(struct definition *definition, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool put_text(struct definition *definition, const char *fmt, ...)
{
	struct definition_line line = { .path = NULL };
	char text[MOST_LINE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return put_line(definition, &line, text);
}

static void number_text(const struct definition *definition, char text[24], uint64_t number)
{
	snprintf(text, 24, definition->form->hex ? "0x%" PRIx64 : "%" PRIu64, number);
}

/* Writes the column of offsets, and the indentation. */
static void begin_line(const struct definition *definition, char text[MOST_LINE],
		       const struct ctype_member *member)
{
	char offset[32] = "", number[24];
	bool offsets = definition->form->offsets || definition->form->members;

	if (member && offsets) {
		number_text(definition, number, member->bit_offset / 8);
		snprintf(offset, sizeof(offset), "[%s]", number);
	}
	snprintf(text, MOST_LINE, "%*s%s%*s", offsets ? (int)definition->width : 0, offset,
		 offsets ? " " : "    ", 4 * (int)definition->depth, "");
}

/* Writes the line of a member: `declaration`, and the rest of the line. */
static bool put_member(struct definition *definition, const struct ctype_member *member,
		       const char *declaration)
{
	struct definition_line line = { .member = *member };
	char text[MOST_LINE], path[MOST_PATH + MOST_PATH];

	begin_line(definition, text, member);
	text_append(text, sizeof(text), "%s", declaration);
	if (member->bit_size)
		text_append(text, sizeof(text), " : %" PRIu64, member->bit_size);
	text_append(text, sizeof(text), ";");
	snprintf(path, sizeof(path), "%s%.*s", definition->path, MOST_PATH - 1, member->name);
	line.path = *member->name ? path : NULL;
	return put_line(definition, &line, text);
}

/* --- members --- */

/* Are the members of this member's struct or union shown in its place? They are if it is anonymous, or an
 * array of anonymous ones, or if the member has no name (since 6.19, with -fms-extensions). Then *inner
 * becomes this struct; text, the declaration in MOST_LINE bytes, is cut before its "{", and *rest is what
 * follows the "}". */
static bool find_inside(const struct ctype_member *member, struct ctype *inner, char *text,
			const char **rest)
{
	struct ctype_facts facts = ctype_describe(&member->type);
	char alone[MOST_LINE], *dots;

	*inner = member->type;
	for (unsigned int i = 0; facts.kind == CTYPE_ARRAY && i < MOST_DEPTH; i++) {
		*inner = facts.target;
		facts = ctype_describe(inner);
	}
	if (facts.kind != CTYPE_STRUCT && facts.kind != CTYPE_UNION)
		return false;
	/* A typedef has a name, although its struct has none. */
	ctype_declare(inner, "", alone, sizeof(alone));
	dots = !*facts.name && strstr(alone, "{...}") ? strstr(text, "{...}") : NULL;
	if (dots) {
		*rest = dots + 5;
		*dots = '\0';
		return true;
	}
	text_append(text, MOST_LINE, " ");
	*rest = "";
	return !*member->name;
}

static bool define_member(const struct ctype_member *found, void *arg);

static bool define_inside(struct definition *definition, const struct ctype_member *member,
			  const struct ctype *inner, const char *text, const char *rest)
{
	char line[MOST_LINE], end[MOST_LINE];
	size_t length = strlen(definition->path);
	uint64_t base = definition->base;

	begin_line(definition, line, NULL);
	snprintf(end, sizeof(end), "}%s", rest);
	if (!put_text(definition, "%s%s{", line, text))
		return false;
	if (*member->name && length + strlen(member->name) + 2 < MOST_PATH)
		snprintf(definition->path + length, MOST_PATH - length, "%s.", member->name);
	definition->base = member->bit_offset;
	definition->depth++;
	ctype_each_member(inner, define_member, definition);
	definition->depth--;
	definition->base = base;
	definition->path[length] = '\0';
	if (definition->stopped)
		return false;
	if (*member->name)
		return put_member(definition, member, end);
	begin_line(definition, line, NULL);
	return put_text(definition, "%s};", line);
}

static bool define_member(const struct ctype_member *found, void *arg)
{
	struct definition *definition = arg;
	struct ctype_member member = *found;
	struct ctype inner;
	char text[MOST_LINE];
	const char *rest;

	member.bit_offset += definition->base;
	ctype_declare(&member.type, member.name, text, sizeof(text));
	if (definition->depth < MOST_DEPTH && find_inside(&member, &inner, text, &rest))
		return define_inside(definition, &member, &inner, text, rest);
	ctype_declare(&member.type, member.name, text, sizeof(text));
	return put_member(definition, &member, text);
}

/* --- chosen members --- */

/* Finds each chosen member, and writes its line if `put` is true. Sets err and returns false if there is
 * no such member. */
static bool define_chosen(struct definition *definition, const struct ctype *type,
			  const char *type_name, bool put, struct error *err)
{
	const char *at = definition->form->members;
	struct ctype_member member;
	char path[MOST_PATH], text[MOST_LINE];

	for (size_t length; *at; at += length + (at[length] == ',')) {
		length = strcspn(at, ",");
		snprintf(path, sizeof(path), "%.*s", (int)(length < MOST_PATH ? length : MOST_PATH),
			 at);
		if (!ctype_path(type, at, length, &member))
			return fail(err, ERROR_UNKNOWN, "%s has no member %s", type_name, path);
		member.name = path;
		ctype_declare(&member.type, path, text, sizeof(text));
		if (put && !put_member(definition, &member, text))
			break;
	}
	return true;
}

/* --- types --- */

struct enumerators {
	struct definition *definition;
	bool is_signed;
};

static bool define_enumerator(const char *name, int64_t value, void *arg)
{
	struct enumerators *enumerators = arg;
	struct definition *definition = enumerators->definition;
	struct definition_line line = { .path = name, .is_enumerator = true, .value = value };
	char text[MOST_LINE], number[24];

	if (value < 0 && enumerators->is_signed)
		snprintf(number, sizeof(number), "%" PRId64, value);
	else
		number_text(definition, number, (uint64_t)value);
	snprintf(text, sizeof(text), "  %.512s = %s", name, number);
	return put_line(definition, &line, text);
}

static bool define_size(struct definition *definition, uint64_t size)
{
	char number[24];

	number_text(definition, number, size);
	return put_text(definition, "SIZE: %s", number);
}

/* Defines a struct, union or enum. alias: its name as a typedef, or "". */
static bool define_body(struct definition *definition, const struct ctype *type,
			const struct ctype_facts *facts, const char *alias, struct error *err)
{
	static const char *const keywords[] = {
		[CTYPE_STRUCT] = "struct", [CTYPE_UNION] = "union", [CTYPE_ENUM] = "enum"
	};
	struct enumerators enumerators = { definition, facts->is_signed };
	char name[MOST_PATH], size[24];

	snprintf(name, sizeof(name), "%s%s%.256s", keywords[facts->kind], *facts->name ? " " : "",
		 facts->name);
	number_text(definition, size, facts->size);
	definition->width = (unsigned int)strlen(size) + 4;
	if (definition->form->members &&
	    !define_chosen(definition, type, *alias ? alias : name, false, err))
		return false;
	if (!put_text(definition, "%s%s {", *alias ? "typedef " : "", name))
		return true;
	if (facts->kind == CTYPE_ENUM)
		ctype_each_enumerator(type, define_enumerator, &enumerators);
	else if (!definition->form->members)
		ctype_each_member(type, define_member, definition);
	else
		define_chosen(definition, type, name, true, NULL);
	if (definition->excess)
		return fail(err, ERROR_FORMAT, "more than %u members", (unsigned int)MOST_LINES);
	if (definition->stopped || !put_text(definition, "}%s%s%s", *alias ? " " : "", alias,
					     *alias || facts->kind == CTYPE_ENUM ? ";" : ""))
		return true;
	return definition->form->members || define_size(definition, facts->size) || true;
}

/* Writes "typedef unsigned int gfp_t;". */
static bool define_alias(struct definition *definition, const struct ctype *type, const char *name)
{
	struct ctype target = *type;
	char text[MOST_LINE];
	struct type raw;

	if (!type->pointers && type->backend &&
	    type->backend->describe(type->source, type->id, &raw) && raw.kind == TYPE_ALIAS) {
		target.id = raw.target;
		ctype_declare(&target, name, text, sizeof(text));
		return put_text(definition, "typedef %s;", text);
	}
	return put_text(definition, "%s", name);
}

bool definition_lines(const struct ctype *type, const struct definition_form *form,
		      definition_visitor visit, void *arg, struct error *err)
{
	struct definition definition = { .form = form, .visit = visit, .arg = arg };
	struct ctype_facts facts = ctype_describe(type);
	bool has_body =
		facts.kind == CTYPE_STRUCT || facts.kind == CTYPE_UNION || facts.kind == CTYPE_ENUM;
	char text[MOST_LINE];

	ctype_declare(type, "", text, sizeof(text));
	if (facts.kind == CTYPE_UNKNOWN && !facts.size)
		return fail(err, ERROR_UNKNOWN, "%s is declared, but not defined", text);
	if (form->members && facts.kind != CTYPE_STRUCT && facts.kind != CTYPE_UNION)
		return fail(err, ERROR_USAGE, "%s is not a struct or union, so it has no members",
			    text);
	if (has_body)
		return define_body(&definition, type, &facts, strchr(text, ' ') ? "" : text, err);
	if (define_alias(&definition, type, text))
		define_size(&definition, facts.size);
	return true;
}
