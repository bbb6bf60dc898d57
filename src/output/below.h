/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands below a row of text: lines of values behind a label, and tables of the
 * objects of a list. Kept until the row ends, as text has it in another order than
 * records, and columns are as wide as their values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/field.h"
#include "output/style.h"

struct table;
struct writer;

struct below_cell {
	const char *name; /* of its column; of lines: what joins it to a cell before it */
	unsigned int section, row;
	unsigned int order; /* in its line; in a row it stands in its column */
	size_t start, end; /* in text */
	enum style style;
	bool right; /* aligned */
};

struct below_section {
	const char *heading; /* "": none */
	unsigned int order; /* sections of lower ones come first */
	unsigned int nr_rows;
	bool is_table;
};

enum { BELOW_SECTIONS_MAX = 64 };

/* Zeroed at first. */
struct below {
	unsigned int nr_sections;
	struct below_section section[BELOW_SECTIONS_MAX];
	unsigned int open; /* the section that cells are added to */
	struct below_cell *cell; /* owned, as is text */
	size_t nr_cells, room;
	char *text;
	size_t used, text_room;
	bool failed; /* no memory: what did not fit is left out */
};

void below_release(struct below *below);

/* Goes on in the line of that heading, or begins one. "" begins one. */
void below_line(struct below *below, const char *heading, unsigned int order);
void below_table(struct below *below, const char *heading, unsigned int order);
/* The next row of the open table. */
void below_row(struct below *below);
/* In the open section. The caller fills in name, order, style and right. */
void below_cell(struct below *below, struct below_cell cell);
/* Appends to the last cell. */
void below_put(struct below *below, const char *text, size_t size);

/* Writes all below the row that the table has just ended, and empties it. */
void below_write(struct below *below, struct table *table,
		 struct writer *writer);
