/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text answers as rows below a heading. A row is buffered until it is complete, because its fields
 * determine whether a new heading is necessary. A heading is used for all rows of the same command
 * whose fields are all in the heading, in the same order. If a row does not have a field of the
 * heading, "-" is shown.
 *
 * On a screen, rows wait until a page is complete, because the widest value determines the width of
 * a column: see table_page.c. Each page has a heading, even if a pager shows the pages, so that a
 * heading is always near. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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
	const char *name; /* name of the column to which the cell belongs */
	const struct field *field; /* NULL: the tables of fields have no row for this field */
	enum cell_kind kind;
	enum style style;
	bool optional; /* shown only if the heading has this field; never causes a new heading */
	/* columns are sorted by order; equal columns stay in the order in which they were stated */
	unsigned int order;
	uint32_t start, end; /* offsets in table->text of the cell's text; end is exclusive */
};

/* A value for a cell, and how it is shown. */
struct cell_text {
	enum cell_kind kind;
	enum style style;
	const char *text; /* without a NUL; borrowed until it was added */
	size_t size;
};

struct column {
	const char *name;
	const struct field *field;
	enum cell_kind kind;
	unsigned int width, rank;
	/* the cell for this column in the row that is being written; NULL: there is none */
	const struct cell *cell;
};

/* The rows of an incomplete page, and the notes (lines) below rows. Their text is already
 * cleaned. */
enum { HELD_LINES_MAX = 200, HELD_CELLS_MAX = 4096 };

struct held {
	unsigned int first_cell[HELD_LINES_MAX + 1];
	/* true: the line is a note below a row, whose cells are written side by side */
	bool is_note[HELD_LINES_MAX];
	bool is_flush[HELD_LINES_MAX];
	/* Offset in text of the end of the cell, which begins where the previous cell ends. */
	size_t end[HELD_CELLS_MAX];
	unsigned char style[HELD_CELLS_MAX];
	char text[32768];
	unsigned int nr_lines, nr_cells;
	size_t used; /* number of bytes in text */
};

struct table {
	unsigned int address_digits;
	struct screen screen;
	/* The current heading. command is NULL if there is no heading. Names are borrowed, and must
	 * exist longer than the table. */
	const char *command;
	unsigned int nr_columns;
	struct column columns[TABLE_COLUMNS_MAX];
	/* The open row. */
	const char *row_command;
	unsigned int nr_cells, open; /* open: index of the cell to which text is appended */
	struct cell cells[TABLE_COLUMNS_MAX];
	/* there are more than TABLE_COLUMNS_MAX fields, so the field that is being added is
	 * dropped */
	bool dropping;
	bool in_note; /* a line below the row has begun and not ended */
	bool flush; /* lines below the row are written without indentation */
	bool plain; /* set by table_clean_cells(): each byte of the cells' text takes one column */
	size_t used; /* number of bytes in text */
	/* On a screen: */
	/* Widths of the columns in the last heading. 0: the column was left out. */
	size_t width[TABLE_COLUMNS_MAX];
	bool has_heading;
	/* rows do not fit, so each row is shown as a record, with one field per line */
	bool expanded;
	/* since the last table_measure(), a message reported which columns were left out */
	bool told_columns;
	unsigned int nr_lines; /* lines since the heading, including the line of the heading */
	char text[1 << 17]; /* text of the cells; if a row has more text, it is cut off */
	struct held held;
};

/* Measures the screen, if fd is a terminal. Must be called when a command begins. */
void table_measure(struct table *table, int fd);

void table_begin_row(struct table *table, const char *command);
/* Adds a cell to the row. The caller sets the name, the kind, and other members that are known. */
void table_cell(struct table *table, const struct cell *cell);
/* Makes text go to the cell with this name in the open row again. Returns false if the row has no
 * such cell. */
bool table_reopen_cell(struct table *table, const char *name);
/* Appends text to the open cell. */
void table_put(struct table *table, const char *text, size_t size);
void table_drop_cell(struct table *table); /* removes the last cell */
/* Sorts the cells of the row by order. table_end_row() does this in any case. */
void table_sort_cells(struct table *table);
/* Cleans the text of one cell. text: the buffer to which cell->start and cell->end refer. */
void table_clean_cell(struct cell *cell, char *text);
/* Cleans the text of all cells in the row. table_end_row() does this in any case. */
void table_clean_cells(struct table *table);
void table_end_row(struct table *table, struct writer *writer);
void table_note_end(struct table *table, struct writer *writer);
/* Writes the waiting rows. Must be called before other output is written, and at the end. */
void table_release(struct table *table, struct writer *writer);
/* Makes the next row begin with a heading. Called after other text was written. */
void table_forget_heading(struct table *table);

/* --- pages of a screen: table_page.c --- */

void table_hold_row(struct table *table, struct writer *writer);
void table_hold_note(struct table *table, struct writer *writer, size_t gap, enum style style,
		     const char *text, size_t size);
/* --- with and without a screen --- */

/* Returns true if the names are equal. Usually both are the same literal, so the pointers are
 * compared first. */
static inline bool same_name(const char *one, const char *other)
{
	return one == other || (*one == *other && !strcmp(one, other));
}

enum { HEADING_MAX = 64 };
/* Writes a heading for a field's name to heading. Returns the size of the heading. */
size_t table_heading(const char *name, char heading[HEADING_MAX]);
void table_put_coloured(struct writer *writer, enum style style, const char *text, size_t size);

/* Writes text in a style. The text must be cleaned. */
static inline void table_put_styled(const struct table *table, struct writer *writer,
				    enum style style, const char *text, size_t size)
{
	if (table->screen.colour && style != STYLE_PLAIN)
		table_put_coloured(writer, style, text, size);
	else
		writer_put(writer, text, size);
}

/* Writes a part of a line below the last row. The text must be cleaned. gap: number of blanks to
 * write before the text. */
static inline void table_note_put(struct table *table, struct writer *writer, size_t gap,
				  enum style style, const char *text, size_t size)
{
	if (table->screen.columns) {
		table_hold_note(table, writer, gap, style, text, size);
	} else {
		writer_put_blanks(writer, gap + (table->in_note || table->flush ? 0 : NOTE_INDENT));
		table_put_styled(table, writer, style, text, size);
	}
	table->in_note = true;
}
