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
	OPEN_ROW, /* an object in an OPEN_TABLE, shown as a row of a table below the row */
	OPEN_COPY, /* an object in an OPEN_TABLE, whose fields are in a copy of the row */
	OPEN_GROUP, /* an object in an OPEN_TABLE, shown as several lines */
	OPEN_LINE, /* an object shown as a line below the row */
	OPEN_PAIRS, /* an object whose fields are below the row, each after its name */
	/* an object whose fields are shown as if they were fields of the surrounding object */
	OPEN_INSIDE,
};

struct open {
	enum open_kind kind;
	const struct field *fields; /* rows for the fields of the object */
	bool in_line; /* this object, or a surrounding object, is shown in one row */
	/* This object, or a surrounding object, is shown as several lines. */
	bool in_group;
	unsigned int nr_items; /* number of pairs (OPEN_PAIRS) or values (OPEN_VALUES) so far */
	/* This member and the next two are for OPEN_VALUES. True if the cell of the list is below
	 * the row. */
	bool below;
	bool lines; /* each value is a separate line below the row */
	/* the list contains objects, which text does not show, so the list's cell is removed */
	bool held_objects;
	/* row of the list or object in the table of fields; NULL: it has no row */
	const struct field *list;
	const char *join;
	size_t join_size;
};

enum { OPEN_MAX = 16 };

struct form {
	const struct record *record; /* borrowed; NULL: none */
	unsigned int nr_fields; /* number of fields of record */
	/* fields that have the same form in all commands; borrowed, may be NULL */
	const struct field *common;
	struct below below;
	/* open[0] is the answer, and innermost points to the innermost open object or list. The
	 * last place is for an object that is nested deeper than OPEN_MAX, which is hidden. */
	struct open open[OPEN_MAX + 2];
	struct open *innermost;
	unsigned int too_deep; /* number of open objects and lists within that hidden object */
	unsigned int last_order;
	/* If the record is fixed: the cells of an empty row. */
	struct cell fixed[TABLE_COLUMNS_MAX];
	unsigned int nr_fixed; /* number of cells in fixed; 0: they were not made yet */
};

/* Each of these functions adds one value. name is NULL if the value is in a list. */
void form_value(struct output *output, const char *name, const struct cell_text *value);
void form_count(struct output *output, const char *name, uint64_t value);
void form_boolean(struct output *output, const char *name, bool value, enum style style);

/* Begins an answer. status: NULL means "ok". */
void form_begin(struct output *output, const char *command, const char *status, enum style style);
void form_end(struct output *output);
void form_list_begin(struct output *output, const char *name);
void form_list_end(struct output *output);
void form_object_begin(struct output *output, const char *name);
void form_object_end(struct output *output);
