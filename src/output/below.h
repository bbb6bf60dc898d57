/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines below a row of text: values after a label, and tables of the objects of a list. They
 * are kept until the row ends: text has another order than records, and columns are as wide as
 * their values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/table.h"

struct writer;

/* Its text is a part of the text of below. In lines, cell.name is the text that joins it to the
 * cell before it. */
struct below_cell {
	struct cell cell;
	unsigned int section, row;
};

enum below_kind {
	BELOW_LINE,
	BELOW_TABLE,
	BELOW_ROWS, /* which repeat the row: form.c writes them */
};

struct below_section {
	enum below_kind kind;
	const char *heading; /* "": none */
	unsigned int order; /* sections of lower ones come first */
	unsigned int group; /* lines of another one are others */
	unsigned int nr_rows;
	size_t first, end; /* its cells are among these */
	bool written;
};

struct below_column {
	const char *name;
	unsigned int order;
	bool right;
	size_t width;
};

/* A line that was written, and what it is the heading of. */
struct below_heading {
	unsigned int nr;
	struct below_column column[TABLE_COLUMNS_MAX];
	size_t size; /* 0: none is kept */
	char text[HEADING_LINE_MAX];
};

/* Zeroed at first. */
struct below {
	struct below_section *section; /* owned, as are cell and text */
	size_t nr_sections, section_room;
	unsigned int open; /* the section that cells are added to */
	unsigned int group, nr_groups; /* 0: of none */
	struct below_cell *cell;
	size_t nr_cells, room;
	char *text;
	size_t used, text_room;
	bool rows; /* there is a section BELOW_ROWS */
	bool plain; /* while it is written: each byte of the text takes a column */
	bool failed; /* out of memory: cells that did not fit are left out */
	struct below_heading heading; /* the next table often has the same */
};

void below_release(struct below *below);

/* Goes on in the line of that heading and group, or begins one. "" begins one. */
void below_line(struct below *below, const char *heading, unsigned int order);
/* Begins a section of another kind. */
void below_begin(struct below *below, enum below_kind kind, const char *heading,
		 unsigned int order);
/* The next row of the open table. */
void below_row(struct below *below);
/* Lines up to below_group_end() are their own. */
void below_group_begin(struct below *below);
void below_group_end(struct below *below);
/* For below_cell(), if there is no room: makes room for a cell and its text. False: out of
 * memory. */
bool below_grow(struct below *below);

/* In the open section. */
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

/* For below_put(), where there is no room. */
void below_put_slow(struct below *below, const char *text, size_t size);

/* Appends to the last cell. */
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

/* Takes the last cell back, which is of the open section. */
void below_drop(struct below *below);

/* The first cell of the rows from *at on; *at becomes its index. NULL: none. */
const struct below_cell *below_rows_cell(const struct below *below, size_t *at);

/* Goes on in the last cell, if that is of the same column and row. */
static inline bool below_reopen(const struct below *below, const char *name)
{
	const struct below_cell *last = below->nr_cells ? &below->cell[below->nr_cells - 1] : NULL;

	return last && last->section == below->open &&
	       last->row == below->section[below->open].nr_rows && same_name(last->cell.name, name);
}

/* Writes all below the row that the table has just ended, and empties it. labelled: there is no
 * row; lines with a heading begin at the left, and their values stand below each other. */
void below_write(struct below *below, struct table *table, struct writer *writer, bool labelled);
