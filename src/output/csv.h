/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as CSV, quoted as in RFC 4180. Each kind of record, that is, the fields of one command's
 * answers, has a heading. Rows wait until the command ends, or until there are many, because later
 * answers may have more fields. The heading names all fields of the waiting rows, and a field that
 * an answer lacks is empty. If an answer has a field that is not in the printed heading, an empty
 * line and a new heading are printed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/writer.h"

#define CSV_COLUMNS_MAX 128 /* more fields are dropped */

struct csv_cell {
	int column; /* index of the column; ROW_END: ends the row; DROPPED: not written */
	size_t end; /* offset in csv->text; the cell starts at the end of the cell before it */
};

struct csv {
	struct writer cell; /* receives the content of the open cell; a large struct */
	bool failed; /* out of memory: rows are missing */
	bool printed; /* something was printed to the current file */
	/* The kind of record: the command and its columns. NULL: no row yet. The names are borrowed
	 * and must outlive the struct. */
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

/* to receives the waiting rows of another command, which are printed first. */
void csv_begin_row(struct csv *csv, const char *command, struct writer *to);
void csv_begin_cell(struct csv *csv, const char *name);
/* Ends the row. Prints the rows if there are many. */
void csv_end_row(struct csv *csv, struct writer *to);

/* Adds text of a file to csv->cell: control characters are replaced, newlines are kept, and text
 * that a spreadsheet would take for a formula is changed. */
void csv_put_text(struct csv *csv, const char *text);

/* Prints the waiting rows, without allocating memory. Returns csv->failed. */
bool csv_print(struct csv *csv, struct writer *to);
/* The next rows get a new heading. */
void csv_forget_heading(struct csv *csv);
