/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "value/parts.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/kernel.h"

enum {
	MOST_PARTS = 1 << 20, /* of one value, in all depths */
	MOST_TEXT = 4096, /* bytes of a text */
};

struct parts {
	const struct value_memory *memory;
	const struct value_visitor *visitor;
	unsigned int depth, nr;
	bool refused; /* by the visitor, which then gets nothing more */
	bool ended; /* also by the user, or by MOST_PARTS */
	struct error err; /* why the last part cannot be read */
	char text[MOST_TEXT + 1];
};

struct members {
	struct parts *parts;
	const struct value *parent;
};

/* Returns false if the visit has ended. */
static bool give(struct parts *parts, const struct value_part *part)
{
	if (!parts->refused && (!parts->ended || part->kind == PART_END))
		parts->refused = !parts->visitor->visit(parts->visitor->arg, part);
	parts->ended |= parts->refused;
	return !parts->ended;
}

static struct error *excess_of(const struct parts *parts)
{
	return parts->memory->kernel->excess;
}

/* Counts a part. Returns false if the visit must end. */
static bool count_part(struct parts *parts)
{
	if (++parts->nr > MOST_PARTS) {
		fail(excess_of(parts), ERROR_NO_ANSWER,
		     "the value has more than %d parts: use one of its members", MOST_PARTS);
		parts->ended = true;
	}
	if (kernel_stopped(parts->memory->kernel))
		parts->ended = true;
	return !parts->ended;
}

static bool is_too_deep(struct parts *parts)
{
	if (parts->depth < PARTS_NESTING)
		return false;
	fail(&parts->err, ERROR_NO_ANSWER,
	     "structs and arrays contain each other more than %d times", PARTS_NESTING);
	*excess_of(parts) = parts->err;
	return true;
}

/* --- texts --- */

/* Reads the text in an array of char. */
static bool read_text(struct parts *parts, const struct value *value,
		      const struct ctype_facts *facts, struct value_part *part)
{
	size_t length;

	if (!value_text(parts->memory, value, facts, parts->text, MOST_TEXT, &length))
		return false;
	parts->text[length] = '\0';
	part->kind = PART_TEXT;
	part->text = parts->text;
	part->is_cut = length == MOST_TEXT && facts->count != length;
	if (part->is_cut && !parts->visitor->sees_cuts)
		fail(excess_of(parts), ERROR_NO_ANSWER,
		     "a text of more than %d bytes is cut: use [N]", MOST_TEXT);
	return true;
}

/* --- values without parts --- */

static bool read_float(struct parts *parts, const struct value *value, uint64_t size, double *real)
{
	float narrow;

	if (size == sizeof(*real))
		return value_read(parts->memory, value->address, real, sizeof(*real), &parts->err);
	if (size != sizeof(narrow))
		return fail(&parts->err, ERROR_UNKNOWN, "a float of %" PRIu64 " bytes", size);
	if (!value_read(parts->memory, value->address, &narrow, sizeof(narrow), &parts->err))
		return false;
	*real = (double)narrow;
	return true;
}

/* Reads a value that is no struct and no array. On failure sets parts->err. */
static bool read_single(struct parts *parts, const struct value *value,
			const struct ctype_facts *facts, struct value_part *part)
{
	if (facts->kind == CTYPE_FLOAT) {
		part->kind = PART_FLOAT;
		part->number = facts->size;
		return read_float(parts, value, facts->size, &part->real);
	}
	if (value_is_wide(facts)) {
		part->kind = PART_WIDE;
		part->text = parts->text;
		return value_wide(parts->memory, value, parts->text, sizeof(parts->text),
				  &parts->err);
	}
	if (!value_number(parts->memory, value, &part->number, &parts->err))
		return false;
	part->kind = facts->kind == CTYPE_POINTER		    ? PART_POINTER :
		     facts->kind == CTYPE_BOOL && part->number <= 1 ? PART_BOOL :
		     facts->is_signed				    ? PART_SIGNED :
								      PART_UNSIGNED;
	if (facts->kind == CTYPE_ENUM)
		part->text = ctype_enumerator_of(&value->type, part->number, false);
	if (part->text)
		part->kind = PART_TEXT;
	return true;
}

/* --- values with parts --- */

static bool visit_value(struct parts *parts, const char *name, const struct value *value);

static bool visit_member(const struct ctype_member *member, void *arg)
{
	const struct members *members = arg;
	struct parts *parts = members->parts;
	struct value value = value_of_member(members->parent, member);
	struct members inner = { parts, &value };

	if (!count_part(parts))
		return false;
	if (*member->name)
		visit_value(parts, member->name, &value);
	else if (!member->bit_size && !is_too_deep(parts)) {
		parts->depth++;
		ctype_each_member(&value.type, visit_member, &inner);
		parts->depth--;
	} /* else padding */
	return !parts->ended;
}

/* Returns false if only some elements were visited. */
static bool visit_elements(struct parts *parts, const struct value *value,
			   const struct ctype_facts *facts)
{
	uint64_t size = ctype_describe(&facts->target).size;

	for (uint64_t i = 0; i < facts->count && count_part(parts); i++) {
		struct value element = value_at(facts->target, value->address + i * size);

		if (i == PARTS_ELEMENTS) {
			if (!parts->visitor->sees_cuts)
				fail(excess_of(parts), ERROR_NO_ANSWER,
				     "an array has %" PRIu64
				     " elements, and only %d are shown: use [N]",
				     facts->count, PARTS_ELEMENTS);
			return false;
		}
		visit_value(parts, NULL, &element);
	}
	return true;
}

/* Decides what a value is. On failure sets parts->err. */
static bool read_value(struct parts *parts, const struct value *value,
		       const struct ctype_facts *facts, struct value_part *part)
{
	switch (facts->kind) {
	case CTYPE_ARRAY:
		if (read_text(parts, value, facts, part))
			return true;
		part->kind = PART_ARRAY;
		break;
	case CTYPE_STRUCT:
	case CTYPE_UNION: part->kind = PART_STRUCT; break;
	default: return read_single(parts, value, facts, part);
	}
	return !is_too_deep(parts) &&
	       !value_missing(parts->memory, value->address, facts->size, &parts->err);
}

/* Returns false without a visit if the outermost value cannot be read. */
static bool visit_value(struct parts *parts, const char *name, const struct value *value)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	struct members members = { parts, value };
	struct value_part part = { .name = name }, end = { .kind = PART_END };

	if (!read_value(parts, value, &facts, &part)) {
		part.kind = PART_UNREADABLE;
		part.why = &parts->err;
		return parts->depth && give(parts, &part);
	}
	if (!give(parts, &part) || (part.kind != PART_STRUCT && part.kind != PART_ARRAY))
		return true;
	parts->depth++;
	if (part.kind == PART_ARRAY)
		end.is_cut = !visit_elements(parts, value, &facts);
	else
		ctype_each_member(&value->type, visit_member, &members);
	parts->depth--;
	end.is_cut |= parts->ended;
	give(parts, &end);
	return true;
}

bool parts_visit(const struct value_memory *memory, const char *name, const struct value *value,
		 const struct value_visitor *visitor, struct error *err)
{
	struct parts parts; /* its text is not cleared, because a list has many values */

	parts.memory = memory;
	parts.visitor = visitor;
	parts.depth = parts.nr = 0;
	parts.refused = parts.ended = false;
	if (visit_value(&parts, name, value))
		return true;
	*err = parts.err;
	return false;
}
