/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as text: where each field of the open answer goes, by the tables of fields
 * (field.h). */
#pragma once

#include <stdint.h>

#include "output/below.h"
#include "output/table.h"

struct output;

/* The form of an open object or list in text. */
enum open_kind {
	OPEN_ANSWER,
	OPEN_HIDDEN,
	OPEN_VALUES, /* a list of plain values: one cell */
	OPEN_TABLE, /* a list of objects */
	OPEN_ROW, /* an object of such a list */
	OPEN_GROUP, /* the same, if it has lines */
	OPEN_LINE, /* an object as a line below the row */
	OPEN_PAIRS, /* an object whose fields stand below the row, after their names */
	OPEN_INSIDE, /* an object whose fields stand as if it were not there */
};

struct open {
	enum open_kind kind;
	const struct field *fields; /* that hold from here on */
	bool in_line; /* its fields, or the fields of an object around it, are side by side */
	bool in_group; /* the same for lines of their own */
	unsigned int nr_items; /* OPEN_PAIRS, OPEN_VALUES: */
	bool below; /* the row: the cell is there */
	bool lines; /* below it, each value is a line of its own */
	bool held_objects; /* objects that are not shown: the cell is removed */
	const struct field *list; /* or object; NULL: unknown */
	const char *join;
	size_t join_size;
};

enum { OPEN_MAX = 16, FORM_CACHE = 128 };

/* A field that was found, by the address of its name. */
struct form_known {
	const char *name;
	const struct field *fields, *field;
};

struct form {
	const struct record *record; /* borrowed; NULL: none */
	unsigned int nr_fields; /* of it */
	const struct field *common; /* of all commands; borrowed, may be NULL */
	struct below below;
	unsigned int depth;
	struct open open[OPEN_MAX + 1]; /* that at depth is the innermost, the first the answer */
	unsigned int too_deep; /* objects and lists, which are not shown */
	unsigned int last_order;
	struct cell fixed[TABLE_COLUMNS_MAX]; /* of a record that is fixed: an empty row */
	unsigned int nr_fixed; /* 0: not made yet */
	struct form_known cache[FORM_CACHE]; /* the fields found last */
};

/* NULL: the field is not known. */
const struct field *form_look_up(struct form *form, const struct field *fields, const char *name);

/* Names are mostly literals, so their addresses are the keys of a cache. */
static inline const struct field *form_field(struct form *form, const char *name)
{
	const struct form_known *known = &form->cache[(uintptr_t)name % FORM_CACHE];
	const struct field *fields = form->open[form->depth].fields;

	if (name && (known->name != name || known->fields != fields))
		return form_look_up(form, fields, name);
	return name ? known->field : NULL;
}

/* Each of these is a value, with name NULL in a list. */
void form_value(struct output *output, const char *name, enum cell_kind kind, enum style style,
		const char *value, size_t size);
void form_count(struct output *output, const char *name, uint64_t value);
void form_boolean(struct output *output, const char *name, bool value, enum style style);

/* status NULL: ok. */
void form_begin(struct output *output, const char *command, const char *status, enum style style);
void form_end(struct output *output);
void form_list_begin(struct output *output, const char *name);
void form_list_end(struct output *output);
void form_strings(struct output *output, const char *name, const char *const *values, size_t nr);
void form_object_begin(struct output *output, const char *name);
void form_object_end(struct output *output);
