/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text answers as rows below a heading, and lines and tables below a row. A heading is used for all
 * rows of the same command whose fields are all in the heading, in the same order. If a row does
 * not have a field of the heading, "-" is shown.
 *
 * On a screen, rows and the lines below them wait until a page is complete, because the widest value
 * determines the width of a column: see table.c. Each page has a heading, even if a pager shows
 * the pages, so that a heading is always near. */
#pragma once

#include <stdbool.h>

#include "output/columns.h"

enum { LINE_INDENT = 2 }; /* indentation of lines below a row */

struct table {
	unsigned int address_digits;
	struct screen screen;
	struct writer *writer;
	/* The current heading. command is NULL if there is no heading. Names are borrowed, and must
	 * exist longer than the table. */
	const char *command;
	struct columns columns;
	/* On a screen: */
	struct cells waiting; /* the rows of an incomplete page, and the lines below them */
	bool has_heading; /* the heading was written */
	/* rows do not fit, so each row is shown as a record, with one field per line */
	bool expanded;
	/* since the last table_measure(), a message reported which columns were left out */
	bool told_columns;
	unsigned int nr_lines; /* lines since the heading, including the line of the heading */
};

/* Measures the screen, if fd is a terminal. Must be called when a command begins. */
void table_measure(struct table *table, int fd);
/* Assigns the cells of the answer's row to the columns of the heading. Returns false if the row
 * needs another heading: table_begin() then begins one that has the columns of this row. */
bool table_fits(struct table *table, const char *command, const struct cells *cells);
void table_begin(struct table *table, const char *command, const struct cells *cells);
/* Writes the answer's row. */
void table_put_row(struct table *table, const struct cells *cells);
/* Begins a line below the row, which is written with the pen. */
struct pen table_line(struct table *table, unsigned int indent);
/* Writes a section of the answer as a table below the row. */
void table_put_below(struct table *table, const struct cells *cells,
		     const struct cell_section *section);
/* Writes the waiting rows. Must be called before other output is written, and at the end. */
void table_release(struct table *table);
/* Makes the next row begin with a heading. Called after other text was written. */
void table_forget_heading(struct table *table);
