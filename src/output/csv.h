/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as CSV, quoted as in RFC 4180, with a heading for each kind of record: the fields of one
 * command's answers. Rows wait until the command ends, or until there are many, because later
 * answers may have more fields. The heading names all fields; a field that an answer lacks is
 * empty. Later fields need a new heading, after an empty line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/writer.h"

#define CSV_COLUMNS_MAX 128 /* more fields are dropped */

struct csv_cell {
	int column; /* index of the column; -1: ends the row; -2: dropped */
	size_t end; /* in text; a cell starts at the end of the cell before it */
};

struct csv {
	struct writer cell; /* receives the content of the open cell; a large struct */
	bool failed; /* out of memory: rows are missing */
	bool printed; /* something was printed to this file */
	/* The kind of record; NULL: none yet. Names are borrowed and must outlive the struct. */
	const char *command;
	const char *columns[CSV_COLUMNS_MAX];
	int nr_columns;
	int nr_shown; /* number of columns in the last printed heading */
	/* The rows that wait: */
	struct csv_cell *cells; /* owned */
	size_t nr_cells, room;
	char *text; /* owned */
	size_t used, text_room;
};

void csv_start(struct csv *csv);
void csv_release(struct csv *csv);

/* to: target of rows of another kind, which are printed first. */
void csv_begin_row(struct csv *csv, const char *command, struct writer *to);
void csv_begin_cell(struct csv *csv, const char *name);
/* Ends the row. Prints the rows if there are many. */
void csv_end_row(struct csv *csv, struct writer *to);

/* Adds text of a file to csv->cell: cleaned, with its newlines, and changed if a spreadsheet would
 * take it for a formula. */
void csv_put_text(struct csv *csv, const char *text);

/* Prints the waiting rows, without allocating memory. Returns csv->failed. */
bool csv_print(struct csv *csv, struct writer *to);
/* The next rows get a new heading. */
void csv_forget_heading(struct csv *csv);
