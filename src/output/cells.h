/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store of text answers: cells, which are pieces of one text, in sections. The open answer is a
 * store. Its first section is the row, and each further section is a line or a table below the row.
 * The lines that wait for a page of the screen are another store, in which each line is a section.
 *
 * If memory runs out, `failed` is set, and all functions that add something do nothing until
 * cells_empty() is called. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "output/field.h"
#include "output/style.h"

enum cell_kind {
	CELL_HEX,
	CELL_COUNT, /* a number, right-aligned */
	CELL_STRING,
};

#define CELLS_END UINT_MAX /* stands for an index, if there is no further cell or section */

struct cell {
	/* in a row: name of the cell's column; in a line: text between the previous cell and this
	 * cell */
	const char *name;
	const struct field *field; /* NULL: the tables of fields have no row for this field */
	enum cell_kind kind : 8;
	enum style style : 8;
	bool optional; /* shown only if the heading has this field; never causes a new heading */
	unsigned int order;
	unsigned int row; /* number of the row in its section */
	unsigned int next; /* index of the next cell of the section, or CELLS_END */
	size_t start, end; /* offsets in cells->text; end is exclusive */
};

enum section_kind {
	SECTION_ROW,
	SECTION_LINE,
	SECTION_TABLE, /* columns and rows below the row of the answer */
	/* rows; each is shown as a copy of the row of the answer, with more cells */
	SECTION_COPIES,
};

/* The cells of a row or a line are sorted by order. Equal cells stay in the order in which they were
 * stated. */
struct cell_section {
	const char *heading; /* of a line; "": none */
	enum section_kind kind;
	unsigned int order; /* sections are sorted by this number */
	unsigned int group; /* fields of different groups are never in the same line; 0: no group */
	unsigned int indent; /* of a waiting line: number of blanks before it */
	unsigned int nr_rows; /* number of rows that have begun */
	/* Set by cells_begin(), like next: indexes of cells, or CELLS_END. */
	unsigned int first, last;
	unsigned int next; /* index of the next section, or CELLS_END */
};

/* Initially zeroed. */
struct cells {
	struct cell_section *section; /* owned, like cell and text */
	struct cell *cell;
	char *text; /* a cell's text has no NUL at its end */
	size_t nr_sections, section_room, nr, room, used, text_room;
	/* Indexes of the first and the last section in their order; valid if there are sections. */
	unsigned int first, last;
	unsigned int open; /* index of the section to which cells are added */
	unsigned int open_cell; /* index of the cell to which text is appended */
	bool failed; /* memory was exhausted, so something is missing */
	bool plain; /* set by cells_clean(): each byte of the text takes one column */
};

static inline void cells_release(struct cells *cells)
{
	free(cells->section);
	free(cells->cell);
	free(cells->text);
}

/* A value for a cell, and how it is shown. */
struct cell_text {
	enum cell_kind kind;
	enum style style;
	const char *text; /* without a NUL; borrowed until it was added */
	size_t size;
};

/* Removes all sections, and keeps the memory for further ones. */
void cells_empty(struct cells *cells);

/* Begins a section, and opens it. */
void cells_begin(struct cells *cells, const struct cell_section *section);
/* Opens the line that has this heading and belongs to this group. If there is no such line, begins
 * it. The heading "" always begins a new line. */
void cells_line(struct cells *cells, unsigned int group, const char *heading, unsigned int order);
/* Begins the next row of the open section. */
void cells_row(struct cells *cells);
/* Adds a cell without text to the open section, and opens the cell. */
void cells_add(struct cells *cells, const struct cell *cell);
/* Returns the index of the cell with this name in the current row of the open section, or CELLS_END.
 * In sections below a row, only the last cell can be found. */
unsigned int cells_find(const struct cells *cells, const char *name);
/* Opens a cell again, so that text can be appended to it. */
void cells_reopen(struct cells *cells, unsigned int cell);
/* Called by cells_put() if the text needs more memory. */
void cells_put_slow(struct cells *cells, const char *text, size_t size);
/* Appends a part of the store's own text, which begins at offset start, to the open cell. */
void cells_repeat(struct cells *cells, size_t start, size_t size);
/* Cleans the texts of all cells (base/printable.h). */
void cells_clean(struct cells *cells);

/* Return the first cell of a section and the next cell, or NULL. */
static inline const struct cell *cells_at(const struct cells *cells, unsigned int index)
{
	return index == CELLS_END ? NULL : &cells->cell[index];
}

static inline const struct cell *cells_first(const struct cells *cells,
					     const struct cell_section *section)
{
	return cells_at(cells, section->first);
}

static inline const struct cell *cells_next(const struct cells *cells, const struct cell *cell)
{
	return cells_at(cells, cell->next);
}

/* Returns the row of the answer, or NULL if memory was exhausted. */
static inline struct cell_section *cells_answer(const struct cells *cells)
{
	return cells->nr_sections ? cells->section : NULL;
}

/* Appends text to the open cell. */
static inline void cells_put(struct cells *cells, const char *text, size_t size)
{
	if (size > cells->text_room - cells->used) {
		cells_put_slow(cells, text, size);
	} else if (size) {
		memcpy(cells->text + cells->used, text, size);
		cells->used += size;
		cells->cell[cells->open_cell].end = cells->used;
	}
}

/* Returns true if the names are equal. Usually both are the same literal, so the pointers are
 * compared first. */
static inline bool same_name(const char *one, const char *other)
{
	return one == other || (*one == *other && !strcmp(one, other));
}
