/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as text. The tables of fields (field.h) determine where each field of the open answer is
 * shown. */
#pragma once

#include <stdint.h>

#include "output/call.h"
#include "output/columns.h"

struct output;

enum open_kind {
	OPEN_FIELDS, /* the answer or an object */
	OPEN_VALUES, /* a list of plain values, in one cell or in several lines */
	OPEN_OBJECTS, /* a list of objects */
	OPEN_PAIRS, /* an object whose fields are below the row, each after its name */
	OPEN_HIDDEN,
};

/* Where the fields of an open object or list go. */
enum open_to {
	TO_ROW, /* to the row or, if the tables of fields say so, to lines below it */
	TO_LINES, /* to lines below the row */
	TO_SECTION, /* to one section: a line, or a row of a table or of copies */
};

/* An open object or list. What it does not set itself is as in the surrounding one. */
struct open {
	enum open_kind kind;
	enum open_to to;
	unsigned int section; /* TO_SECTION: index of the section */
	unsigned int group; /* TO_LINES: group of the lines */
	const struct field *fields; /* rows for the fields of the object */
	const struct field *columns; /* TO_SECTION: the fields of the section's objects */
	/* The list's or object's row in the table of fields (NULL: it has none), and its name. */
	const struct field *list;
	const char *name;
	unsigned int nr_items; /* number of pairs (OPEN_PAIRS) or values (OPEN_VALUES) so far */
	bool lines; /* OPEN_VALUES: each value is a separate line below the row */
	/* OPEN_VALUES: the list contains objects, which text does not show, so it has no cell */
	bool held_objects;
};

enum { OPEN_MAX = 16 };

struct form {
	const struct record *record; /* borrowed; NULL: none */
	unsigned int nr_fields; /* number of fields of record */
	/* If the record is fixed: the first field of each column. */
	const struct field *columns[TABLE_COLUMNS_MAX];
	unsigned int nr_columns;
	/* fields that have the same form in all commands; borrowed, may be NULL */
	const struct field *common;
	const char *command; /* of the open answer; borrowed */
	struct cells cells; /* of the open answer */
	unsigned int nr_groups; /* number of groups of lines so far; the first has the number 1 */
	/* open[0] is the answer, and innermost points to the innermost open object or list. The
	 * last place is for an object that is nested deeper than OPEN_MAX, which is hidden. */
	struct open open[OPEN_MAX + 2];
	struct open *innermost;
	unsigned int too_deep; /* number of open objects and lists within that hidden object */
	unsigned int last_order;
};

/* Sets the form of all following answers. */
void form_declare(struct form *form, const struct record *record);
/* Returns the row of this name, or NULL if there is none. fields may be NULL. */
const struct field *field_named(const struct field *fields, const char *name);

/* Adds what a call states to the open answer. */
void form_put(struct output *output, const struct call *call);

/* Begins an answer. status: NULL means "ok". */
void form_begin(struct output *output, const char *command, const char *status, enum style style);
void form_end(struct output *output);
