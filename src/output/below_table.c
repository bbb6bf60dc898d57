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
		.width = strnlen(name, HEADING_MAX),
	};
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

/* Returns true if the heading of the columns is the kept one. The width of the last column has no
 * effect if the column is aligned to the left. */
static bool is_heading_of(const struct below_heading *heading, const struct below_columns *columns)
{
	unsigned int i = 0;

	if (!heading->size || heading->nr != columns->nr)
		return false;
	for (; i < columns->nr; i++) {
		const struct below_column *kept = &heading->column[i],
					  *column = &columns->column[i];

		if (kept->name != column->name || kept->right != column->right ||
		    (kept->width != column->width && (column->right || i + 1 < columns->nr)))
			return false;
	}
	return true;
}

static void make_heading_below(const struct sheet *sheet, const struct below_columns *columns)
{
	size_t gap = 0;

	for (unsigned int i = 0; i < columns->nr; i++) {
		const struct below_column *column = &columns->column[i];
		char heading[HEADING_MAX];
		size_t size = table_heading(column->name, heading);

		below_put_column(sheet, column, STYLE_HEADING, heading, size, size, &gap);
	}
}

/* Makes the row without values, and finds the place of each column. */
static void make_empty_row(struct below_heading *kept)
{
	size_t start = NOTE_INDENT;

	kept->row_size = 0;
	memset(kept->row, ' ', sizeof(kept->row));
	for (unsigned int i = 0; i < kept->nr; i++) {
		struct below_column *column = &kept->column[i];

		column->start = start;
		start += column->width;
		if (start > sizeof(kept->row))
			return;
		kept->row[column->right ? start - 1 : column->start] = '-';
		start += COLUMN_GAP;
	}
	kept->row_size = start - COLUMN_GAP;
}

static void below_put_heading(const struct sheet *sheet, struct below_columns *columns)
{
	struct below_heading *kept = &sheet->below->heading;
	bool plain = !sheet->table->screen.columns && !sheet->table->screen.colour;
	struct writer *writer = sheet->writer;
	const char *start = writer_room(writer, HEADING_LINE_MAX);

	if (plain && is_heading_of(kept, columns)) {
		writer_put(writer, kept->text, kept->size);
	} else {
		make_heading_below(sheet, columns);
		kept->size = writer->buffer + writer->used - start;
		if (!plain || kept->size > HEADING_LINE_MAX)
			kept->size = 0;
		memcpy(kept->text, start, kept->size);
		kept->nr = columns->nr;
		memcpy(kept->column, columns->column, columns->nr * sizeof(*kept->column));
		make_empty_row(kept);
	}
	below_end_line(sheet);
}

/* Writes a row like below_put_row(), but all at once: writes the texts over the row without values.
 * Returns false and writes nothing if this is not possible. */
static bool put_plain_row(const struct sheet *sheet, struct below_columns *columns,
			  const struct below_cell **next)
{
	const struct below *below = sheet->below;
	const struct below_heading *kept = &below->heading;
	const struct below_cell *at = *next;
	unsigned int row = at->row, done = 0, nr = 0;
	size_t line = 0;
	char *to;

	if (!kept->size || !kept->row_size || !below->plain)
		return false;
	to = writer_room(sheet->writer, HEADING_LINE_MAX);
	memcpy(to, kept->row, kept->row_size);
	for (columns->next = 0; at && at->row == row; at = below_next(below, at)) {
		const struct below_column *column = below_find_column(columns, &at->cell);
		size_t size = at->cell.end - at->cell.start, start;
		unsigned int i;

		if (!column)
			continue;
		i = column - columns->column;
		start = kept->column[i].start;
		if (done >> i & 1 || start + size > HEADING_LINE_MAX)
			return false;
		done |= 1u << i;
		writer_copy(to + start + (column->right ? column->width - size : 0),
			    below->text + at->cell.start, size);
		if (i >= nr)
			line = start + (column->right ? column->width : size + !size);
		nr = i >= nr ? i + 1 : nr;
	}
	sheet->writer->used += line;
	below_end_line(sheet);
	*next = at;
	return true;
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
		if (!put_plain_row(sheet, &columns, &at))
			at = below_put_row(sheet, &columns, at);
}
