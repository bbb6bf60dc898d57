/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as text. The tables of fields (field.h) determine where each field of the open answer is
 * shown. */
#pragma once

#include <stdint.h>

#include "output/below.h"
#include "output/table.h"

struct output;

/* How text shows an open object or list. */
enum open_kind {
	OPEN_ANSWER,
	OPEN_HIDDEN,
	OPEN_VALUES, /* a list of plain values, in one cell */
	OPEN_TABLE, /* a list of objects */
	OPEN_ROW, /* an object in an OPEN_TABLE */
	OPEN_GROUP, /* an object in an OPEN_TABLE, shown as lines */
	OPEN_LINE, /* an object shown as a line below the row */
	OPEN_PAIRS, /* an object whose fields are below the row, each after its name */
	OPEN_INSIDE, /* an object whose fields are shown like the fields around the object */
};

struct open {
	enum open_kind kind;
	const struct field *fields; /* rows for the fields of the object */
	bool in_line; /* fields of this object, or of an object around it, are in one row */
	/* Fields of this object, or of an object around it, are shown on lines of their own. */
	bool in_group;
	unsigned int nr_items; /* for OPEN_PAIRS, OPEN_VALUES: */
	bool below; /* true: the cell is below the row */
	bool lines; /* below the row, each value is a line */
	bool held_objects; /* the list has objects, which are not shown, so the cell is removed */
	const struct field *list; /* row of the list or object; NULL: unknown */
	const char *join;
	size_t join_size;
};

enum { OPEN_MAX = 16, FORM_CACHE = 128 };

/* A field that was looked up; the key is the address of the field's name. */
struct form_known {
	const char *name;
	const struct field *fields, *field;
};

struct form {
	const struct record *record; /* borrowed; NULL: none */
	unsigned int nr_fields; /* number of fields of record */
	const struct field *common; /* fields common to all commands; borrowed, may be NULL */
	struct below below;
	unsigned int depth;
	struct open open[OPEN_MAX + 1]; /* open[depth] is the innermost, open[0] the answer */
	/* Number of open objects and lists beyond OPEN_MAX, which are not shown. */
	unsigned int too_deep;
	unsigned int last_order;
	/* For a record that is fixed: the cells of an empty row. */
	struct cell fixed[TABLE_COLUMNS_MAX];
	unsigned int nr_fixed; /* number of cells in fixed; 0: not made yet */
	struct form_known cache[FORM_CACHE]; /* recently looked-up fields */
};

/* Looks up a field. Returns NULL if the field is not known. */
const struct field *form_look_up(struct form *form, const struct field *fields, const char *name);

/* Most names are literals, so their addresses are the keys of a cache. */
static inline const struct field *form_field(struct form *form, const char *name)
{
	const struct form_known *known = &form->cache[(uintptr_t)name % FORM_CACHE];
	const struct field *fields = form->open[form->depth].fields;

	if (name && (known->name != name || known->fields != fields))
		return form_look_up(form, fields, name);
	return name ? known->field : NULL;
}

/* Each of these functions adds one value; name is NULL in a list. */
void form_value(struct output *output, const char *name, enum cell_kind kind, enum style style,
		const char *value, size_t size);
void form_count(struct output *output, const char *name, uint64_t value);
void form_boolean(struct output *output, const char *name, bool value, enum style style);

/* status: NULL for "ok". */
void form_begin(struct output *output, const char *command, const char *status, enum style style);
void form_end(struct output *output);
void form_list_begin(struct output *output, const char *name);
void form_list_end(struct output *output);
void form_strings(struct output *output, const char *name, const char *const *values, size_t nr);
void form_object_begin(struct output *output, const char *name);
void form_object_end(struct output *output);
