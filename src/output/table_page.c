/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables on a screen. The values on a page determine the width of each column. If the columns do
 * not fit, long values take several lines, and the least important columns are left out. */
#include <stdio.h>
#include <string.h>

#include "output/table.h"

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

void table_hold_line(struct table *table, const struct cell_section *line)
{
	const struct cells *waiting = &table->waiting;

	if (waiting->nr_sections + 2 >= table->screen.lines ||
	    waiting->nr_sections >= PAGE_LINES_MAX || waiting->used >= PAGE_TEXT_MAX)
		table_release(table);
	cells_begin(&table->waiting, line);
}

void table_hold_row(struct table *table, const struct cells *cells)
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
