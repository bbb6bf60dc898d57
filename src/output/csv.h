/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers as CSV, quoted as in RFC 4180, with a heading for each kind of record: the fields of
 * one command's answers. Answers are kept until the command ends, or until they are many,
 * because later answers may have further fields. The heading names all fields; a field that an
 * answer lacks is empty. Another heading is only needed after that, following an empty line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/writer.h"

#define CSV_COLUMNS_MAX 128 /* further fields are dropped */

struct csv_cell {
	int column; /* -1: ends the row; -2: dropped */
	size_t end; /* in text; it starts where the one before ends */
};

struct csv {
	struct writer cell; /* receives the content of the open cell; large */
	bool failed; /* out of memory */
	bool printed; /* something was, to this file */
	/* The kind of record; NULL: none yet. Names are borrowed and outlive this. */
	const char *command;
	const char *columns[CSV_COLUMNS_MAX];
	int nr_columns;
	int nr_shown; /* of the columns, in the heading that was printed last */
	/* The rows that wait. */
	struct csv_cell *cells; /* owned */
	size_t nr_cells, room;
	char *text; /* owned */
	size_t used, text_room;
};

void csv_start(struct csv *csv);
void csv_release(struct csv *csv);

/* to: where rows of another kind are printed first. */
void csv_begin_row(struct csv *csv, const char *command, struct writer *to);
void csv_begin_cell(struct csv *csv, const char *name);
/* Prints the rows if they are many. */
void csv_end_row(struct csv *csv, struct writer *to);

/* Text of a file, for csv->cell: cleaned, with its lines, and changed if a spreadsheet would
 * take it for a formula. */
void csv_put_text(struct csv *csv, const char *text);

/* Prints the rows that wait; allocates nothing. Returns csv->failed. */
bool csv_print(struct csv *csv, struct writer *to);
/* The next rows have a heading of their own. */
void csv_forget_heading(struct csv *csv);
