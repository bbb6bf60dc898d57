/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/table.h"

#include <stdio.h>
#include <string.h>

#include "base/printable.h"

/* --- a page of the screen --- */

/* Tables on a screen. The values on a page determine the width of each column. If the columns do
 * not fit, long values take several lines, and the least important columns are left out. */

enum {
	PAGE_LINES_MAX = 200,
	PAGE_TEXT_MAX = 28 << 10, /* a page with this many bytes is complete */
	WRAPPED_LEAST = 16, /* smallest width of a column whose values take several lines */
	/* The longest word of a value determines the smallest width of its column. A word that is
	 * longer than this part of a line (a third) counts as a third of a line. */
	LONGEST_PART = 3,
	LINE_HANG = 6, /* indentation of the rest of a line below a row that has no columns */
};

/* --- holding --- */

/* Begins a waiting line. Before, writes the page if it is complete. */
static void table_hold_line(struct table *table, const struct cell_section *line)
{
	const struct cells *waiting = &table->waiting;

	if (waiting->nr_sections + 2 >= table->screen.lines ||
	    waiting->nr_sections >= PAGE_LINES_MAX || waiting->used >= PAGE_TEXT_MAX)
		table_release(table);
	cells_begin(&table->waiting, line);
}

/* Keeps the answer's row until the page is complete. */
static void table_hold_row(struct table *table, const struct cells *cells)
{
	table_hold_line(table, &(struct cell_section){ .kind = SECTION_ROW });
	for (unsigned int i = 0; i < table->columns.nr; i++) {
		const struct cell *cell = table->columns.column[i].cell;
		bool known = cell && cell->start < cell->end;

		cells_add(&table->waiting,
			  &(struct cell){ .style = known ? cell->style : STYLE_PLAIN });
		cells_put(&table->waiting, known ? cells->text + cell->start : "-",
			  known ? cell->end - cell->start : 1);
	}
}

/* --- widths --- */

/* Returns the text of a waiting row in a column. */
static struct column_piece piece_of(const struct cells *waiting, const struct cell_section *row,
				    unsigned int column)
{
	const struct cell *cell = &waiting->cell[row->first + column];

	return (struct column_piece){ waiting->text + cell->start, cell->end - cell->start,
				      cell->style };
}

static void measure_value(const struct screen *screen, struct column *column,
			  const struct column_piece *value)
{
	size_t most = screen->columns / LONGEST_PART;
	size_t longest = screen_longest_word(screen, value->text, value->size);
	size_t width = screen_width(screen, value->text, value->size);

	if (width > column->natural)
		column->natural = width;
	if (longest > most)
		longest = most;
	if (longest < width && longest < WRAPPED_LEAST)
		longest = width < WRAPPED_LEAST ? width : WRAPPED_LEAST;
	if (longest > column->least)
		column->least = longest;
}

static void measure_columns(const struct table *table, struct columns *columns)
{
	const struct cells *waiting = &table->waiting;
	char heading[HEADING_MAX];

	for (unsigned int i = 0; i < columns->nr; i++) {
		struct column *column = &columns->column[i];

		column->natural = column_heading(column->name, heading);
		column->least = screen_longest_word(&table->screen, heading, column->natural);
		for (size_t line = 0; line < waiting->nr_sections; line++) {
			const struct cell_section *row = &waiting->section[line];
			struct column_piece value;

			if (row->kind != SECTION_ROW)
				continue;
			value = piece_of(waiting, row, i);
			measure_value(&table->screen, column, &value);
		}
	}
}

/* Makes columns wider: to their usual widths if all of these fit, and to their widths on the
 * previous page. Columns that were left out on the previous page are left out again. */
static void widen(const struct table *table, struct columns *columns)
{
	size_t total = 0;

	for (unsigned int i = 0; i < columns->nr; i++) {
		const struct column *column = &columns->column[i];

		total += COLUMN_GAP +
			 (column->natural < column->usual ? column->usual : column->natural);
	}
	for (unsigned int i = 0; i < columns->nr; i++) {
		struct column *column = &columns->column[i];
		size_t width = table->has_heading ? column->width : 0;

		if (table->has_heading && !width) {
			column_leave_out(column);
			continue;
		}
		if (total <= table->screen.columns + COLUMN_GAP && width < column->usual)
			width = column->usual;
		if (column->natural < width)
			column->natural = width;
	}
}

static bool is_as_before(const struct table *table, const struct columns *columns)
{
	for (unsigned int i = 0; i < columns->nr; i++)
		if (columns->column[i].width != table->columns.column[i].width)
			return false;
	return table->has_heading;
}

/* --- a page --- */

/* Returns the size of the text without the blanks at its end. */
static size_t trimmed(const char *text, size_t size)
{
	while (size && text[size - 1] == ' ')
		size--;
	return size;
}

static void wrap_text(struct pen *pen, size_t indent, const struct column_piece *piece)
{
	const struct cell cell = { .end = trimmed(piece->text, piece->size),
				   .style = piece->style };

	pen_wrap(pen, indent, indent, piece->text, &cell, 1);
	pen_end_line(pen);
}

static void tell_left_out(struct table *table, struct pen *pen)
{
	char text[1024] = "no room for", heading[HEADING_MAX];
	size_t used = strlen(text), usual = used;

	for (unsigned int i = 0; i < table->columns.nr; i++) {
		const struct column *column = &table->columns.column[i];
		size_t size = column_heading(column->name, heading);

		if (column->width || used + size + 64 > sizeof(text))
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %.*s",
					 used > usual ? "," : "", (int)size, heading);
	}
	if (used == usual || table->told_columns)
		return;
	table->told_columns = true;
	used += (size_t)snprintf(text + used, sizeof(text) - used, "; \"| less -S\" shows all");
	wrap_text(pen, 0, &(struct column_piece){ text, used, STYLE_CAUTION });
}

static void put_heading(struct table *table, struct pen *pen)
{
	pen->nr_lines = 0;
	tell_left_out(table, pen);
	table->has_heading = true;
	columns_put_heading(pen, &table->columns, table->screen.columns);
}

static void put_row(const struct table *table, struct pen *pen, const struct cell_section *row)
{
	struct column_piece pieces[TABLE_COLUMNS_MAX];

	for (unsigned int i = 0; i < table->columns.nr; i++)
		pieces[i] = piece_of(&table->waiting, row, i);
	while (columns_put(pen, &table->columns, pieces, table->screen.columns, false))
		;
}

/* Writes a row as a record: one line for each field, which begins with the name of the field. */
static void put_row_as_record(struct table *table, struct pen *pen, const struct cell_section *row)
{
	const struct columns *columns = &table->columns;
	char heading[HEADING_MAX];
	size_t names = 0, size;

	for (unsigned int i = 0; i < columns->nr; i++) {
		size = column_heading(columns->column[i].name, heading);
		names = size > names ? size : names;
	}
	names += COLUMN_GAP;
	if (table->has_heading)
		pen_end_line(pen);
	table->has_heading = true;
	for (unsigned int i = 0; i < columns->nr; i++) {
		const struct column_piece value = piece_of(&table->waiting, row, i);

		if (value.size == 1 && *value.text == '-')
			continue;
		size = column_heading(columns->column[i].name, heading);
		pen_put(pen, 0, STYLE_HEADING, heading, size, size);
		wrap_text(pen, names, &value);
	}
}

/* Writes a line below a row. Its rest begins at the start of the line's last column, if at least a
 * third of the screen is to the right of that column. */
static void put_waiting_line(const struct table *table, struct pen *pen,
			     const struct cell_section *line)
{
	const struct cells *waiting = &table->waiting;
	struct cell *last = line->last == CELLS_END ? NULL : &waiting->cell[line->last];
	size_t hang = LINE_HANG, at = line->indent;

	for (unsigned int i = line->first; i < line->last; i++) {
		const struct cell *cell = &waiting->cell[i];
		size_t size = cell->end - cell->start;

		at += screen_width(&table->screen, waiting->text + cell->start, size);
		if (i > line->first && size >= COLUMN_GAP && waiting->text[cell->start] == ' ')
			hang = at;
	}
	if (hang > table->screen.columns / 3 * 2)
		hang = LINE_HANG;
	if (last) {
		last->end =
			last->start + trimmed(waiting->text + last->start, last->end - last->start);
		pen_wrap(pen, line->indent, hang, waiting->text, &waiting->cell[line->first],
			 line->last - line->first + 1);
	}
	pen_end_line(pen);
}

/* Returns the number of lines that must be on the same page: the line at index `line`, and the lines
 * below this row. */
static unsigned int nr_together(const struct cells *waiting, size_t line, size_t nr)
{
	size_t end = line + 1;

	while (end < nr && waiting->section[end].kind == SECTION_LINE)
		end++;
	return end - line;
}

static void put_waiting(struct table *table)
{
	struct cells *waiting = &table->waiting;
	struct pen pen = { &table->screen, table->writer, NULL, 0, table->nr_lines };
	struct columns columns = table->columns;
	size_t nr = waiting->nr_sections;
	bool in_columns;

	measure_columns(table, &columns);
	if (!table->expanded)
		widen(table, &columns);
	table->expanded |= !columns_fit(&columns, table->screen.columns);
	in_columns = columns.nr && !table->expanded;
	if (in_columns && !is_as_before(table, &columns)) {
		table->columns = columns;
		put_heading(table, &pen);
	}
	/* Clear the waiting lines first, because a signal handler that ends the program during the
	 * writing would write them again. */
	waiting->nr_sections = 0;
	for (size_t i = 0; i < nr; i++) {
		const struct cell_section *line = &waiting->section[i];

		if (line->kind == SECTION_LINE) {
			put_waiting_line(table, &pen, line);
			continue;
		}
		if (in_columns && pen.nr_lines + nr_together(waiting, i, nr) >= table->screen.lines)
			put_heading(table, &pen);
		if (table->expanded)
			put_row_as_record(table, &pen, line);
		else
			put_row(table, &pen, line);
	}
	table->nr_lines = pen.nr_lines;
	cells_empty(waiting);
}

void table_release(struct table *table)
{
	if (table->waiting.nr_sections)
		put_waiting(table);
}

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
