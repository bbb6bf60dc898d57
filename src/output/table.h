/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text answers as rows below a heading. A row is buffered until it is complete,
 * because its fields decide whether the heading must be repeated: the heading
 * serves all rows of the same command that have no other fields and have them in
 * the same order. Fields that a row lacks are shown as "-".
 *
 * On a screen rows are held until a page of them is complete, so that columns can be as
 * wide as their values: see table_page.c. The heading is repeated after each page, with a
 * pager, too: whichever lines one pages to, a heading is among them. */
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
	CELL_COUNT, /* right-aligned */
	CELL_STRING,
};

struct cell {
	const char *name; /* of its column */
	const struct field *field; /* NULL: none is known */
	enum cell_kind kind;
	enum style style;
	bool optional; /* shown if the heading has it; needs no new heading */
	unsigned int order; /* of columns; among equals the one stated first comes first */
	size_t start, end; /* in table->text */
};

struct column {
	const char *name;
	const struct field *field;
	enum cell_kind kind;
	unsigned int width, rank;
	const struct cell *cell; /* of the row that ends; NULL: none */
};

enum { HEADING_LINE_MAX = 512 }; /* a longer one, or one with colours, is made anew */

/* Rows and notes that wait for their page. Their text is cleaned. */
enum { HELD_LINES_MAX = 200, HELD_CELLS_MAX = 4096 };

struct held {
	unsigned int first_cell[HELD_LINES_MAX + 1];
	bool is_note[HELD_LINES_MAX]; /* its cells stand side by side */
	bool is_flush[HELD_LINES_MAX];
	size_t end[HELD_CELLS_MAX]; /* in text; a cell starts where the last one ends */
	unsigned char style[HELD_CELLS_MAX];
	char text[32768];
	unsigned int nr_lines, nr_cells;
	size_t used; /* of text */
};

struct table {
	unsigned int address_digits;
	struct screen screen;
	/* The current heading; command is NULL if there is none. Names are
	 * borrowed and outlive the table. */
	const char *command;
	unsigned int nr_columns;
	struct column columns[TABLE_COLUMNS_MAX];
	/* The columns of the last heading, kept as the next heading often has the same. Its
	 * line; 0: not kept. */
	unsigned int nr_known;
	size_t heading_size;
	char heading[HEADING_LINE_MAX];
	/* The open row. */
	const char *row_command;
	unsigned int nr_cells, open; /* the one that is open */
	struct cell cells[TABLE_COLUMNS_MAX];
	bool dropping; /* the last field exceeds TABLE_COLUMNS_MAX */
	bool in_note; /* a line below the row is not ended */
	bool flush; /* such lines are not indented */
	bool plain; /* each byte of the cells' text takes a column: table_clean_cells() */
	size_t used; /* of text */
	/* On a screen: */
	size_t width[TABLE_COLUMNS_MAX]; /* widths of columns in the last heading; 0: left out */
	bool has_heading;
	bool expanded; /* the rows have no room: each is a record of a field a line */
	bool told_columns; /* that are left out, since table_measure() */
	unsigned int nr_lines; /* since the heading, with it */
	char text[1 << 17]; /* of the cells; longer rows are cut off */
	struct held held;
};

/* Looks at the screen that fd may be: a command begins. */
void table_measure(struct table *table, int fd);

void table_begin_row(struct table *table, const char *command);
/* The caller fills in name, kind, and other known members. */
void table_cell(struct table *table, const struct cell *cell);
/* Goes on in the cell of that name, of this row. False: there is none yet. */
bool table_reopen_cell(struct table *table, const char *name);
/* Appends to the open cell. */
void table_put(struct table *table, const char *text, size_t size);
void table_drop_cell(struct table *table); /* the last one */
/* Brings the row's cells into their order; table_end_row() does so, too. */
void table_sort_cells(struct table *table);
/* text: the cell's start and end are offsets in it. */
void table_clean_cell(struct cell *cell, char *text);
/* Cleans the text of its cells; table_end_row() does so, too. */
void table_clean_cells(struct table *table);
void table_end_row(struct table *table, struct writer *writer);
void table_note_end(struct table *table, struct writer *writer);
/* Writes the rows that are held, before other output, or to show all. */
void table_release(struct table *table, struct writer *writer);
/* The next row repeats the heading: something else was printed. */
void table_forget_heading(struct table *table);

/* --- of the pages of a screen: table_page.c --- */

void table_hold_row(struct table *table, struct writer *writer);
void table_hold_note(struct table *table, struct writer *writer, size_t gap, enum style style,
		     const char *text, size_t size);
/* --- for both --- */

/* A field's name as a heading shows it. Returns its size. */
/* Mostly they are one literal. */
static inline bool same_name(const char *one, const char *other)
{
	return one == other || (*one == *other && !strcmp(one, other));
}

enum { HEADING_MAX = 64 };
size_t table_heading(const char *name, char heading[HEADING_MAX]);
void table_put_coloured(struct writer *writer, enum style style, const char *text, size_t size);

/* Writes a text that is cleaned. */
static inline void table_put_styled(const struct table *table, struct writer *writer,
				    enum style style, const char *text, size_t size)
{
	if (table->screen.colour && style != STYLE_PLAIN)
		table_put_coloured(writer, style, text, size);
	else
		writer_put(writer, text, size);
}

/* A line below the last row, in pieces that are cleaned, each after a gap of blanks. */
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
