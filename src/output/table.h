/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text answers as rows below a heading. A row is buffered until it is complete, because its fields
 * decide whether the heading must be repeated. A heading serves all rows of the same command that
 * have only fields in the heading, in the same order. A field that a row lacks is shown as "-".
 *
 * On a screen, rows wait until a page is complete, so that columns can be as wide as their values:
 * see table_page.c. The heading is repeated for each page, even if a pager shows the pages, so that
 * a heading is always near. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "output/columns.h"
#include "output/field.h"
#include "output/screen.h"
#include "output/style.h"
#include "output/writer.h"

enum cell_kind {
	CELL_HEX,
	CELL_COUNT, /* a number, right-aligned */
	CELL_STRING,
};

struct cell {
	const char *name; /* name of the cell's column */
	const struct field *field; /* NULL: the tables of fields have no row for it */
	enum cell_kind kind;
	enum style style;
	bool optional; /* shown only if the heading has this field; does not cause a new heading */
	unsigned int order; /* order of columns; of equal columns, the one stated first is first */
	size_t start, end; /* range of the cell's text in table->text */
};

struct column {
	const char *name;
	const struct field *field;
	enum cell_kind kind;
	unsigned int width, rank;
	const struct cell *cell; /* the column's cell in the row that is being ended; NULL: none */
};

enum { HEADING_LINE_MAX = 512 }; /* a longer heading, or one with colours, is not kept */

/* Rows and notes that wait until their page is complete. Their text is already cleaned. */
enum { HELD_LINES_MAX = 200, HELD_CELLS_MAX = 4096 };

struct held {
	unsigned int first_cell[HELD_LINES_MAX + 1];
	bool is_note[HELD_LINES_MAX]; /* true: a note below a row, whose cells are side by side */
	bool is_flush[HELD_LINES_MAX];
	/* Offset in text at which the cell ends; it starts at the end of the cell before it. */
	size_t end[HELD_CELLS_MAX];
	unsigned char style[HELD_CELLS_MAX];
	char text[32768];
	unsigned int nr_lines, nr_cells;
	size_t used; /* bytes used in text */
};

struct table {
	unsigned int address_digits;
	struct screen screen;
	/* The current heading. command is NULL if there is no heading. Names are borrowed and must
	 * outlive the table. */
	const char *command;
	unsigned int nr_columns;
	struct column columns[TABLE_COLUMNS_MAX];
	/* The columns of the last heading, and the line of this heading. The line is kept because
	 * the next heading often has the same columns. heading_size is 0 if no line is kept. */
	unsigned int nr_known;
	size_t heading_size;
	char heading[HEADING_LINE_MAX];
	/* The open row. */
	const char *row_command;
	unsigned int nr_cells, open; /* open: index of the open cell */
	struct cell cells[TABLE_COLUMNS_MAX];
	bool dropping; /* the field that is being added exceeds TABLE_COLUMNS_MAX */
	bool in_note; /* a line below the row was begun and not ended */
	bool flush; /* lines below the row are not indented */
	bool plain; /* each byte of the cells' text takes one column: table_clean_cells() */
	size_t used; /* bytes used in text */
	/* On a screen: */
	/* Widths of the columns in the last heading. A width of 0 means that the column was left
	 * out. */
	size_t width[TABLE_COLUMNS_MAX];
	bool has_heading;
	bool expanded; /* rows do not fit: each is shown as a record, with one field per line */
	bool told_columns; /* left-out columns were reported since the last table_measure() */
	unsigned int nr_lines; /* lines since the heading, including the heading */
	char text[1 << 17]; /* text of the cells; longer rows are cut */
	struct held held;
};

/* Call it when a command begins: measures the screen, if fd is a terminal. */
void table_measure(struct table *table, int fd);

void table_begin_row(struct table *table, const char *command);
/* Adds a cell to the row. The caller sets the name, the kind, and other members that it knows. */
void table_cell(struct table *table, const struct cell *cell);
/* Continues the cell with this name in the open row. Returns false if the row has no such cell. */
bool table_reopen_cell(struct table *table, const char *name);
/* Appends to the open cell. */
void table_put(struct table *table, const char *text, size_t size);
void table_drop_cell(struct table *table); /* removes the last cell */
/* Sorts the row's cells by order. table_end_row() does this, too. */
void table_sort_cells(struct table *table);
/* Cleans the text of one cell. text: the buffer that contains the ranges of cells. */
void table_clean_cell(struct cell *cell, char *text);
/* Cleans the text of all cells in the row. table_end_row() does this, too. */
void table_clean_cells(struct table *table);
void table_end_row(struct table *table, struct writer *writer);
void table_note_end(struct table *table, struct writer *writer);
/* Writes the waiting rows. Called before other output and at the end. */
void table_release(struct table *table, struct writer *writer);
/* The next row repeats the heading. Called because other text was printed. */
void table_forget_heading(struct table *table);

/* --- pages of a screen: table_page.c --- */

void table_hold_row(struct table *table, struct writer *writer);
void table_hold_note(struct table *table, struct writer *writer, size_t gap, enum style style,
		     const char *text, size_t size);
/* --- with and without a screen --- */

/* Usually both names are the same literal. */
static inline bool same_name(const char *one, const char *other)
{
	return one == other || (*one == *other && !strcmp(one, other));
}

enum { HEADING_MAX = 64 };
/* Writes a field's name in the form of a heading. Returns its size. */
size_t table_heading(const char *name, char heading[HEADING_MAX]);
void table_put_coloured(struct writer *writer, enum style style, const char *text, size_t size);

/* Writes text that is already cleaned. */
static inline void table_put_styled(const struct table *table, struct writer *writer,
				    enum style style, const char *text, size_t size)
{
	if (table->screen.colour && style != STYLE_PLAIN)
		table_put_coloured(writer, style, text, size);
	else
		writer_put(writer, text, size);
}

/* Writes a piece of a line below the last row. The piece is already cleaned. gap: the number of
 * blanks before the piece. */
static inline void table_note_put(struct table *table, struct writer *writer, size_t gap,
				  enum style style, const char *text, size_t size)
{
	if (table->screen.columns) {
		table_hold_note(table, writer, gap, style, text, size);
	} else {
		writer_put_blanks(writer, gap + (table->in_note || table->flush ? 0 : 2));
		table_put_styled(table, writer, style, text, size);
	}
	table->in_note = true;
}
