/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines below a row of a text answer: values after a label, or a table of the objects of a
 * list. The lines are kept until the row ends, because text shows them in another order than
 * records, and because columns are as wide as their widest values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/table.h"

struct writer;

/* The text of the cell is a range of below.text. In a section of kind BELOW_LINE, cell.name is the
 * separator between this cell and the cell before it. */
struct below_cell {
	struct cell cell;
	unsigned int section, row;
};

enum below_kind {
	BELOW_LINE,
	BELOW_TABLE,
	BELOW_ROWS, /* rows that form.c writes, each repeating the row's cells */
};

struct below_section {
	enum below_kind kind;
	const char *heading; /* "": no heading */
	unsigned int order; /* sections are written in this order, the lowest first */
	unsigned int group; /* lines of different groups are different lines */
	unsigned int nr_rows;
	size_t first, end; /* range of the section's cells in below.cell */
	bool written;
};

struct below_column {
	const char *name;
	unsigned int order;
	bool right;
	size_t width;
};

/* The last heading line that was written, and the columns of its section. */
struct below_heading {
	unsigned int nr;
	struct below_column column[TABLE_COLUMNS_MAX];
	size_t size; /* bytes in text; 0: no line is kept */
	char text[HEADING_LINE_MAX];
};

/* Initially zeroed. */
struct below {
	struct below_section *section; /* owned, and so are cell and text */
	size_t nr_sections, section_room;
	unsigned int open; /* index of the section that cells are added to */
	unsigned int group, nr_groups; /* groups count from 1; 0: no group */
	struct below_cell *cell;
	size_t nr_cells, room;
	char *text;
	size_t used, text_room;
	bool rows; /* a section is of kind BELOW_ROWS */
	bool plain; /* while writing: each byte of the text takes one column */
	bool failed; /* out of memory: some cells are missing */
	struct below_heading heading; /* kept because the next table often has the same heading */
};

void below_release(struct below *below);

/* Adds to the line that has this heading and belongs to the open group, or begins such a line. The
 * heading "" always begins a new line. */
void below_line(struct below *below, const char *heading, unsigned int order);
/* Begins a section that is not of kind BELOW_LINE. */
void below_begin(struct below *below, enum below_kind kind, const char *heading,
		 unsigned int order);
/* Begins the next row of the open table. */
void below_row(struct below *below);
/* Begins a group of lines, which below_group_end() ends. A line outside of the group is never
 * joined with a line of the group. */
void below_group_begin(struct below *below);
void below_group_end(struct below *below);
/* Allocates room for a cell and its text. below_cell() calls this if there is no room. Returns
 * false if out of memory. */
bool below_grow(struct below *below);

/* Adds a cell to the open section. */
static inline void below_cell(struct below *below, const struct cell *cell)
{
	struct below_section *section;
	struct below_cell *added;

	if (below->failed || (below->nr_cells == below->room && !below_grow(below)))
		return;
	section = &below->section[below->open];
	added = &below->cell[below->nr_cells++];
	added->cell = *cell;
	added->cell.start = added->cell.end = below->used;
	added->section = below->open;
	added->row = section->nr_rows;
	section->end = below->nr_cells;
}

/* Called by below_put() if there is no room. */
void below_put_slow(struct below *below, const char *text, size_t size);

/* Appends text to the last cell. */
static inline void below_put(struct below *below, const char *text, size_t size)
{
	if (below->failed || !below->nr_cells || size >= below->text_room - below->used) {
		below_put_slow(below, text, size);
		return;
	}
	writer_copy(below->text + below->used, text, size);
	below->used += size;
	below->cell[below->nr_cells - 1].cell.end = below->used;
}

/* Removes the last cell, which must be in the open section. */
void below_drop(struct below *below);

/* Returns the first cell of a section of kind BELOW_ROWS, from the index *at on, and sets *at to
 * the index of this cell. Returns NULL if there is no such cell. */
const struct below_cell *below_rows_cell(const struct below *below, size_t *at);

/* Continues the last cell, if it is in the open section and in the current row, and has this name.
 * Returns false otherwise. */
static inline bool below_reopen(const struct below *below, const char *name)
{
	const struct below_cell *last = below->nr_cells ? &below->cell[below->nr_cells - 1] : NULL;

	return last && last->section == below->open &&
	       last->row == below->section[below->open].nr_rows && same_name(last->cell.name, name);
}

/* Writes all sections below the row that the table has just ended, and empties below. If labelled
 * is true, there is no row: lines with a heading begin at the left margin, and their values are
 * aligned. */
void below_write(struct below *below, struct table *table, struct writer *writer, bool labelled);
