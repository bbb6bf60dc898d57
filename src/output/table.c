/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/table.h"

#include <string.h>

#include "base/printable.h"

enum { USUAL_WIDTH = 6 };

/* Finds the texts of the first nr columns in the current row. */
static void find_pieces(const struct cells *cells, const struct columns *columns, unsigned int nr,
			struct column_piece *pieces)
{
	for (unsigned int i = 0; i < columns->nr; i++) {
		const struct cell *cell = columns->column[i].cell;

		pieces[i] = (struct column_piece){ "-", i < nr, cell ? cell->style : STYLE_PLAIN };
		if (cell && cell->start < cell->end) {
			pieces[i].text = cells->text + cell->start;
			pieces[i].size = cell->end - cell->start;
		}
	}
}

/* Finds a column at or after the column `from`. Returns NULL if there is none. */
static struct column *find_column(struct columns *columns, const char *name, unsigned int from)
{
	for (unsigned int i = from; i < columns->nr; i++)
		if (same_name(columns->column[i].name, name))
			return &columns->column[i];
	return NULL;
}

static void forget_cells(struct columns *columns)
{
	for (unsigned int i = 0; i < columns->nr; i++)
		columns->column[i].cell = NULL;
}

/* --- the rows of answers --- */

/* Returns the usual width of a column, in hexadecimal digits. Physical addresses have fewer digits
 * than virtual addresses, but more with PAE. */
static unsigned int hex_width(const struct field *field, unsigned int digits)
{
	bool narrow = digits == 8;

	switch (field ? field->kind : KIND_AS_STATED) {
	case KIND_PFN: return narrow ? 6 : 9;
	case KIND_PHYSICAL: return narrow ? 9 : 12;
	case KIND_ENTRY: return 16;
	case KIND_IDENTIFIER: return USUAL_WIDTH;
	default: return digits;
	}
}

static size_t usual_width(const struct table *table, const struct cells *cells,
			  const struct cell *cell)
{
	size_t heading = strlen(cell->name), width = USUAL_WIDTH;
	const struct field *field = cell->field;

	if (field && field->width == FITTED)
		width = printable_columns(cells->text + cell->start, cell->end - cell->start);
	else if (cell->kind == CELL_HEX)
		width = hex_width(field, table->address_digits);
	else if (field && field->width)
		width = field->width;
	return width > heading ? width : heading;
}

bool table_fits(struct table *table, const char *command, const struct cells *cells)
{
	const struct cell_section *row = cells_answer(cells);
	const struct cell *cell;
	unsigned int next = 0;

	if (!row || !table->command || strcmp(table->command, command) != 0)
		return false;
	forget_cells(&table->columns);
	for (cell = cells_first(cells, row); cell; cell = cells_next(cells, cell)) {
		struct column *column = find_column(&table->columns, cell->name, next);

		if (column) {
			column->cell = cell;
			next = column - table->columns.column + 1;
		} else if (!cell->optional) {
			return false;
		}
	}
	return true;
}

void table_begin(struct table *table, const char *command, const struct cells *cells)
{
	const struct cell_section *row = cells_answer(cells);
	const struct cell *cell = row ? cells_first(cells, row) : NULL;
	struct columns *columns = &table->columns;
	bool on_screen = table->screen.columns;

	table_release(table);
	table->command = command;
	table->has_heading = table->expanded = false;
	columns->nr = 0;
	for (; cell && columns->nr < TABLE_COLUMNS_MAX; cell = cells_next(cells, cell)) {
		size_t usual = usual_width(table, cells, cell);

		if (!cell->optional)
			columns->column[columns->nr++] = (struct column){
				.name = cell->name,
				.cell = cell,
				.rank = cell->field && cell->field->rank ? cell->field->rank :
									   USUAL_RANK,
				.right = cell->kind == CELL_COUNT,
				.usual = usual,
				.width = on_screen ? 0 : usual,
			};
	}
	if (columns->nr && !on_screen)
		columns_put_heading(&(struct pen){ &table->screen, table->writer, NULL, 0, 0 },
				    columns, 0);
}

void table_put_row(struct table *table, const struct cells *cells)
{
	struct pen pen = { .screen = &table->screen, .writer = table->writer };
	struct column_piece pieces[TABLE_COLUMNS_MAX];

	if (!table->columns.nr)
		return;
	if (table->screen.columns) {
		table_hold_row(table, cells);
		return;
	}
	find_pieces(cells, &table->columns, table->columns.nr, pieces);
	columns_put(&pen, &table->columns, pieces, 0, cells->plain);
}

void table_measure(struct table *table, int fd)
{
	unsigned int columns = table->screen.columns;

	screen_measure(&table->screen, fd);
	if (table->screen.columns != columns)
		table->has_heading = table->expanded = false;
	table->told_columns = false;
}

void table_forget_heading(struct table *table)
{
	table->command = NULL;
	table->columns.nr = 0;
}

/* --- below a row --- */

struct pen table_line(struct table *table, unsigned int indent)
{
	struct pen pen = { .screen = &table->screen, .writer = table->writer, .at = indent };

	if (table->screen.columns) {
		table_hold_line(table,
				&(struct cell_section){ .kind = SECTION_LINE, .indent = indent });
		pen.waiting = &table->waiting;
	} else {
		writer_put_blanks(table->writer, indent);
	}
	return pen;
}

/* Returns the column of a cell, and adds the column if it is new. Returns NULL if there are too many
 * columns. */
static struct column *find_or_add_column(struct columns *columns, const struct cell *cell)
{
	struct column *column = find_column(columns, cell->name, 0);

	if (column || columns->nr == TABLE_COLUMNS_MAX)
		return column;
	column = &columns->column[columns->nr++];
	for (; column > columns->column && column[-1].order > cell->order; column--)
		column[0] = column[-1];
	*column = (struct column){ .name = cell->name,
				   .order = cell->order,
				   .width = strnlen(cell->name, HEADING_MAX) };
	return column;
}

/* Like find_or_add_column(). *next: the column after the column of the previous cell, which is tried
 * first, because most rows have their cells in the order of the columns. */
static inline struct column *column_of(struct columns *columns, const struct cell *cell,
				       unsigned int *next)
{
	struct column *column = &columns->column[*next];

	if (*next == columns->nr || column->name != cell->name)
		column = find_or_add_column(columns, cell);
	*next = column ? column - columns->column + 1 : 0;
	return column;
}

static void measure_below(const struct cells *cells, const struct cell_section *section,
			  struct columns *columns)
{
	const struct cell *cell = cells_first(cells, section);

	for (unsigned int next = 0; cell; cell = cells_next(cells, cell)) {
		struct column *column = column_of(columns, cell, &next);
		size_t size = cell->end - cell->start, width = size;

		if (!column)
			continue;
		if (!cells->plain)
			width = printable_columns(cells->text + cell->start, size);
		if (column->width < width)
			column->width = width;
		column->right |= cell->kind == CELL_COUNT;
	}
}

void table_put_below(struct table *table, const struct cells *cells,
		     const struct cell_section *section)
{
	const struct cell *cell = cells_first(cells, section), *first;
	struct column_piece pieces[TABLE_COLUMNS_MAX];
	struct columns columns; /* large, so only the elements of used columns are initialized */
	struct pen pen;

	columns.nr = 0;
	measure_below(cells, section, &columns);
	pen = table_line(table, LINE_INDENT);
	columns_put_heading(&pen, &columns, 0);
	for (first = cell; cell; first = cell) {
		unsigned int next = 0, nr = 0;

		forget_cells(&columns);
		for (; cell && cell->row == first->row; cell = cells_next(cells, cell)) {
			struct column *column = column_of(&columns, cell, &next);

			if (column)
				column->cell = cell;
			nr = next > nr ? next : nr;
		}
		find_pieces(cells, &columns, nr, pieces);
		pen = table_line(table, LINE_INDENT);
		columns_put(&pen, &columns, pieces, 0, cells->plain);
	}
}
