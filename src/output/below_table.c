/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables below a row. */
#include "output/below_inside.h"

#include <string.h>

#include "base/printable.h"

/* Finds the text of a cell, which is "-" if cell is NULL or empty. Returns the width of the text in
 * columns. */
static size_t text_of(const struct below *below, const struct cell *cell, const char **text,
		      size_t *size)
{
	*text = "-";
	*size = 1;
	if (cell && cell->end > cell->start) {
		*text = below->text + cell->start;
		*size = cell->end - cell->start;
	}
	return below->plain ? *size : printable_columns(*text, *size);
}

struct below_columns {
	unsigned int nr, next; /* next: column after the last match */
	struct below_column column[TABLE_COLUMNS_MAX];
};

/* Returns the column of a cell, and adds the column if it is new. Returns NULL if there are too
 * many columns. */
static struct below_column *find_or_add_column(struct below_columns *columns,
					       const struct cell *cell)
{
	const char *name = cell->name;
	struct below_column *column;

	for (columns->next = 0; columns->next < columns->nr;)
		if (same_name(columns->column[columns->next++].name, name))
			return &columns->column[columns->next - 1];
	if (columns->nr == TABLE_COLUMNS_MAX)
		return NULL;
	column = &columns->column[columns->nr++];
	for (; column > columns->column && column[-1].order > cell->order; column--)
		column[0] = column[-1];
	columns->next = column - columns->column + 1;
	*column = (struct below_column){
		.name = name,
		.order = cell->order,
	};
	column->width = strnlen(name, HEADING_MAX);
	return column;
}

/* Returns the column of a cell. Most rows have a cell for each column, in the order of the columns,
 * so the next column is tried first. */
static inline struct below_column *below_find_column(struct below_columns *columns,
						     const struct cell *cell)
{
	struct below_column *column = &columns->column[columns->next];

	if (columns->next == columns->nr || column->name != cell->name)
		return find_or_add_column(columns, cell);
	columns->next++;
	return column;
}

static void below_measure(const struct below *below, const struct below_cell *at,
			  struct below_columns *columns)
{
	for (; at; at = below_next(below, at)) {
		struct below_column *column = below_find_column(columns, &at->cell);
		size_t size, width;
		const char *text;

		if (columns->next == columns->nr)
			columns->next = 0;
		if (!column)
			continue;
		width = text_of(below, &at->cell, &text, &size);
		if (column->width < width)
			column->width = width;
		column->right |= at->cell.kind == CELL_COUNT;
	}
}

/* Writes one cell in a line of the table. *gap: number of blanks to write before the cell, which
 * this function updates. */
static void below_put_column(const struct sheet *sheet, const struct below_column *column,
			     enum style style, const char *text, size_t size, size_t width,
			     size_t *gap)
{
	size_t rest = column->width > width ? column->width - width : 0;

	output_below_put(sheet, *gap + (column->right ? rest : 0), style, text, size);
	*gap = COLUMN_GAP + (column->right ? 0 : rest);
}

static void below_put_heading(const struct sheet *sheet, const struct below_columns *columns)
{
	size_t gap = 0;

	for (unsigned int i = 0; i < columns->nr; i++) {
		const struct below_column *column = &columns->column[i];
		char heading[HEADING_MAX];
		size_t size = table_heading(column->name, heading);

		below_put_column(sheet, column, STYLE_HEADING, heading, size, size, &gap);
	}
	below_end_line(sheet);
}

/* Writes one row, which begins with the cell `first` and has at most one cell for each column.
 * Returns the first cell after the row, or NULL. */
static const struct below_cell *below_put_row(const struct sheet *sheet,
					      struct below_columns *columns,
					      const struct below_cell *first)
{
	const struct below *below = sheet->below;
	const struct cell *found[TABLE_COLUMNS_MAX];
	const struct below_cell *at = first;
	unsigned int nr = 0;
	size_t gap = 0;

	memset(found, 0, columns->nr * sizeof(*found));
	columns->next = 0;
	while (at && at->row == first->row) {
		struct below_column *column = below_find_column(columns, &at->cell);
		unsigned int i = column ? column - columns->column : 0;

		if (column) {
			found[i] = &at->cell;
			nr = i + 1 > nr ? i + 1 : nr;
		}
		at = below_next(below, at);
	}
	for (unsigned int i = 0; i < nr; i++) {
		const char *text;
		size_t size, width = text_of(below, found[i], &text, &size);

		below_put_column(sheet, &columns->column[i],
				 found[i] ? found[i]->style : STYLE_PLAIN, text, size, width, &gap);
	}
	below_end_line(sheet);
	return at;
}

void below_write_table(const struct sheet *sheet, const struct below_cell *at)
{
	/* a large array, so only the elements of used columns are initialized */
	struct below_columns columns;

	columns.nr = columns.next = 0;
	below_measure(sheet->below, at, &columns);
	below_put_heading(sheet, &columns);
	while (at)
		at = below_put_row(sheet, &columns, at);
}
