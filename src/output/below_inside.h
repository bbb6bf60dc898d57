/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the files that write the sections below a row. */
#pragma once

#include "output/below.h"

/* The sections below a row, the table that contains the row, and the writer. */
struct sheet {
	struct below *below;
	struct table *table;
	struct writer *writer;
};

static inline void output_below_put(const struct sheet *sheet, size_t gap, enum style style,
				    const char *text, size_t size)
{
	table_note_put(sheet->table, sheet->writer, gap, style, text, size);
}

static inline void below_end_line(const struct sheet *sheet)
{
	table_note_end(sheet->table, sheet->writer);
}

/* Returns the cell after `cell` in the same section, or NULL. */
static inline const struct below_cell *below_next(const struct below *below,
						  const struct below_cell *cell)
{
	return cell->next != BELOW_END ? &below->cell[cell->next] : NULL;
}

/* Writes the table whose first cell is `at`. */
void below_write_table(const struct sheet *sheet, const struct below_cell *at);
