/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as CSV, quoted as in RFC 4180. The answers of each command are one kind of record, with
 * one heading. Rows wait until the command ends, or until many rows wait, because later answers may
 * have more fields. The heading contains all fields of the waiting rows. If an answer lacks a field
 * of the heading, its cell is empty. If an answer has a field that is not in the heading that was
 * already printed, an empty line and a new heading are printed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/writer.h"

#define CSV_COLUMNS_MAX 128 /* more fields are dropped */

struct csv_cell {
	/* index of the column; ROW_END: not a cell, but the end of a row; DROPPED: not written */
	int column;
	/* offset in csv->text of the end of the cell, which begins where the previous cell ends */
	size_t end;
};

struct csv {
	struct writer cell; /* receives the content of the open cell; a large struct */
	bool failed; /* memory was exhausted, so rows are missing */
	bool printed; /* something was printed to the current file */
	/* The command whose rows are waiting or printed, and its columns. NULL: no row was added
	 * yet. The strings are borrowed, and must exist longer than the struct. */
	const char *command;
	const char *columns[CSV_COLUMNS_MAX];
	int nr_columns;
	int nr_shown; /* number of columns in the heading that was printed last */
	/* The waiting rows: */
	struct csv_cell *cells; /* owned */
	size_t nr_cells, room;
	char *text; /* owned */
	size_t used, text_room;
};

void csv_start(struct csv *csv);
void csv_release(struct csv *csv);

/* Begins a row. If rows of another command are waiting, first prints them to the writer `to`. */
void csv_begin_row(struct csv *csv, const char *command, struct writer *to);
void csv_begin_cell(struct csv *csv, const char *name);
/* Ends the row. If many rows are waiting, prints them. */
void csv_end_row(struct csv *csv, struct writer *to);

/* Adds text of the dump to csv->cell. Replaces control characters except newlines. csv_print() will
 * change text that a spreadsheet would interpret as a formula. */
void csv_put_text(struct csv *csv, const char *text);

/* Returns what csv->cell received outside of a row, until the next text is added. NULL: memory was
 * exhausted. */
const char *csv_take(struct csv *csv);

/* Prints the waiting rows without allocating memory. Returns csv->failed. */
bool csv_print(struct csv *csv, struct writer *to);
/* Makes the next rows begin with a new heading. */
static inline void csv_forget_heading(struct csv *csv)
{
	csv->command = NULL;
	csv->nr_columns = csv->nr_shown = 0;
}
