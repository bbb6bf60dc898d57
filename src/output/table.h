/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text answers as rows below a heading. A row is buffered until it is complete,
 * because its fields decide whether the heading must be repeated: the heading
 * serves all rows of the same command that have no other fields and have them in
 * the same order. Fields that a row lacks are shown as "-". */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/writer.h"

enum cell_kind {
	CELL_HEX,
	CELL_COUNT, /* right-aligned */
	CELL_STRING,
};

#define TABLE_COLUMNS_MAX 32 /* further fields of a row are dropped */

struct cell {
	const char *name;
	enum cell_kind kind;
	bool optional; /* shown if the heading has it; needs no new heading */
	size_t start, end; /* in table->text */
};

struct column {
	const char *name;
	unsigned int width;
	bool right;
	const struct cell *cell; /* of the row that ends; NULL: none */
};

struct table {
	unsigned int address_digits;
	/* The current heading; command is NULL if there is none. Names are
	 * borrowed and outlive the table. */
	const char *command;
	unsigned int nr_columns;
	struct column columns[TABLE_COLUMNS_MAX];
	/* The open row. */
	const char *row_command;
	unsigned int nr_cells;
	struct cell cells[TABLE_COLUMNS_MAX];
	bool dropping; /* the last field exceeds TABLE_COLUMNS_MAX */
	size_t used;
	char text[8192]; /* of the cells; longer rows are cut off */
};

void table_begin_row(struct table *table, const char *command);
void table_cell(struct table *table, const char *name, enum cell_kind kind,
		bool optional);
/* Appends to the last cell. */
void table_put(struct table *table, const char *text, size_t size);
void table_drop_cell(struct table *table); /* the last one */
void table_end_row(struct table *table, struct writer *writer);
/* The next row repeats the heading: something else was printed. */
void table_forget_heading(struct table *table);
