/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text answers as rows under a heading. A row is kept until it is complete:
 * only then is it known whether the heading above it still fits. It fits a row
 * of the same command whose fields it names all, in their order; what the row
 * lacks is shown as "-", so that a table stays one table.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "command/writer.h"

enum cell_kind {
	CELL_HEX,
	CELL_COUNT, /* right-aligned */
	CELL_STRING,
};

#define TABLE_COLUMNS_MAX 32 /* further fields of a row are not shown */

struct column {
	const char *name;
	unsigned int width;
	bool right;
};

struct cell {
	const char *name;
	enum cell_kind kind;
	bool optional; /* shown where the heading has it, asks for none */
	size_t start, end; /* in table->text */
	unsigned int column;
};

struct table {
	unsigned int address_digits;
	/* The heading that stands; command is NULL where none does. Names are
	 * borrowed, and outlive the table. */
	const char *command;
	unsigned int nr_columns;
	struct column columns[TABLE_COLUMNS_MAX];
	/* The open row. */
	const char *row_command;
	unsigned int nr_cells;
	struct cell cells[TABLE_COLUMNS_MAX];
	bool dropping; /* the open cell is one too many */
	size_t used;
	char text[8192]; /* a row longer than this is cut */
};

void table_begin_row(struct table *table, const char *command);
void table_begin_cell(struct table *table, const char *name,
		      enum cell_kind kind, bool optional);
void table_put(struct table *table, const char *data, size_t size);
void table_end_cell(struct table *table);
void table_drop_cell(struct table *table); /* the open one, as if never begun */
void table_end_row(struct table *table, struct writer *writer);
/* Something else was printed: the next row wants a heading again. */
void table_forget_heading(struct table *table);
