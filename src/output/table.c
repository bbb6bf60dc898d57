/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/table.h"

#include <string.h>

#include "base/printable.h"

enum { USUAL_WIDTH = 6 };

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

static bool is_fitted(const struct cell *cell)
{
	return cell->field && cell->field->width == FITTED;
}

static unsigned int column_width(const struct table *table, const struct cell *cell)
{
	unsigned int heading = strlen(cell->name), width = USUAL_WIDTH;

	if (is_fitted(cell))
		width = printable_columns(table->text + cell->start, cell->end - cell->start);
	else if (cell->kind == CELL_HEX)
		width = hex_width(cell->field, table->address_digits);
	else if (cell->field && cell->field->width)
		width = cell->field->width;
	return width > heading ? width : heading;
}

void table_begin_row(struct table *table, const char *command)
{
	table->row_command = command;
	table->nr_cells = 0;
	table->used = 0;
}

void table_cell(struct table *table, const struct cell *cell)
{
	table->dropping = table->nr_cells == TABLE_COLUMNS_MAX;
	if (table->dropping)
		return;
	table->open = table->nr_cells++;
	table->cells[table->open] = *cell;
	table->cells[table->open].start = table->cells[table->open].end = table->used;
}

void table_put(struct table *table, const char *text, size_t size)
{
	size_t room = sizeof(table->text) - table->used;

	if (table->dropping)
		return;
	if (size > room)
		size = room;
	memcpy(table->text + table->used, text, size);
	table->used += size;
	table->cells[table->open].end = table->used;
}

bool table_reopen_cell(struct table *table, const char *name)
{
	struct cell *cell = table->cells;
	struct cell *end = table->cells + table->nr_cells;
	size_t start;

	/* First compares pointers, because usually both names are the same literal. If no pointer
	 * is equal, compares the text of the names. */
	while (cell < end && cell->name != name)
		cell++;
	if (cell == end)
		for (cell = table->cells; cell < end && !same_name(cell->name, name);)
			cell++;
	if (cell == end)
		return false;
	table->dropping = false;
	table->open = (unsigned int)(cell - table->cells);
	if (cell->end == table->used)
		return true;
	/* Moves the text of the cell to the end of the buffer, so that more text can be
	 * appended. */
	start = cell->start;
	cell->start = table->used;
	table_put(table, table->text + start, cell->end - start);
	return true;
}

void table_drop_cell(struct table *table)
{
	if (!table->dropping)
		table->used = table->cells[--table->nr_cells].start;
}

void table_sort_cells(struct table *table)
{
	for (unsigned int i = 1; i < table->nr_cells; i++) {
		struct cell cell;
		unsigned int at = i;

		if (table->cells[i - 1].order <= table->cells[i].order)
			continue;
		cell = table->cells[i];
		for (; at && table->cells[at - 1].order > cell.order; at--)
			table->cells[at] = table->cells[at - 1];
		table->cells[at] = cell;
	}
}

void table_clean_cell(struct cell *cell, char *text)
{
	cell->end = cell->start + printable_clean(text + cell->start, cell->end - cell->start);
}

void table_clean_cells(struct table *table)
{
	table->plain = printable_is_plain(table->text, table->used);
	for (unsigned int i = 0; i < table->nr_cells && !table->plain; i++)
		table_clean_cell(&table->cells[i], table->text);
}

/* Assigns a cell to each column of the heading. Returns false if the row has a field that is not in
 * the heading. */
static bool assign_cells(struct table *table)
{
	unsigned int next = 0;

	for (unsigned int i = 0; i < table->nr_columns; i++)
		table->columns[i].cell = NULL;
	for (unsigned int i = 0; i < table->nr_cells; i++) {
		const struct cell *cell = &table->cells[i];
		unsigned int at = next;

		while (at < table->nr_columns && !same_name(table->columns[at].name, cell->name))
			at++;
		if (at < table->nr_columns) {
			table->columns[at].cell = cell;
			next = at + 1;
		} else if (!cell->optional) {
			return false;
		}
	}
	return true;
}

static bool heading_fits(struct table *table)
{
	return table->command && !strcmp(table->command, table->row_command) && assign_cells(table);
}

static void make_heading(struct table *table)
{
	table->command = table->row_command;
	table->nr_columns = 0;
	for (unsigned int i = 0; i < table->nr_cells; i++) {
		const struct cell *cell = &table->cells[i];
		struct column *column = &table->columns[table->nr_columns];

		if (cell->optional)
			continue;
		*column = (struct column){
			.name = cell->name,
			.field = cell->field,
			.kind = cell->kind,
			.width = column_width(table, cell),
			.rank = cell->field && cell->field->rank ? cell->field->rank : USUAL_RANK,
			.cell = cell,
		};
		table->nr_columns++;
	}
}

/* A line that is being written. Columns of the terminal count from 0. */
struct table_line {
	struct writer *writer;
	size_t at; /* column after the text that was written so far */
	size_t start; /* column in which the next cell begins */
};

static inline void table_put_column(const struct table *table, struct table_line *line,
				    const struct column *column, enum style style, const char *text,
				    size_t size, size_t shown)
{
	size_t target = line->start;

	if (column->kind == CELL_COUNT && shown < column->width)
		target += column->width - shown;
	if (line->at && line->at >= target)
		target = line->at + 1;
	writer_put_blanks(line->writer, target - line->at);
	table_put_styled(table, line->writer, style, text, size);
	line->at = target + shown;
	line->start += column->width + COLUMN_GAP;
}

static void table_put_heading(struct table *table, struct writer *writer)
{
	struct table_line line = { .writer = writer };
	char heading[HEADING_MAX];

	for (unsigned int i = 0; i < table->nr_columns; i++) {
		const struct column *column = &table->columns[i];
		size_t size = table_heading(column->name, heading);

		table_put_column(table, &line, column, STYLE_HEADING, heading, size, size);
	}
	writer_end_line(writer);
}

/* Finds the text of a column in the open row. Returns its size in bytes. */
static inline size_t text_in(const struct table *table, const struct column *column,
			     const char **text)
{
	const struct cell *cell = column->cell;

	*text = "-";
	if (!cell || cell->start == cell->end)
		return 1;
	*text = table->text + cell->start;
	return cell->end - cell->start;
}

static void table_put_row(const struct table *table, struct writer *writer)
{
	struct table_line line = { .writer = writer };

	for (unsigned int i = 0; i < table->nr_columns; i++) {
		const struct column *column = &table->columns[i];
		enum style style = column->cell ? column->cell->style : STYLE_PLAIN;
		const char *text;
		size_t size = text_in(table, column, &text);

		table_put_column(table, &line, column, style, text, size,
				 table->plain ? size : printable_columns(text, size));
	}
	writer_end_line(writer);
}

void table_end_row(struct table *table, struct writer *writer)
{
	table_sort_cells(table);
	table_clean_cells(table);
	if (!heading_fits(table)) {
		table_release(table, writer);
		make_heading(table);
		table->has_heading = table->expanded = false;
		if (table->nr_columns && !table->screen.columns)
			table_put_heading(table, writer);
	}
	if (!table->nr_columns)
		return;
	if (table->screen.columns)
		table_hold_row(table, writer);
	else
		table_put_row(table, writer);
}

void table_note_end(struct table *table, struct writer *writer)
{
	if (!table->screen.columns)
		writer_end_line(writer);
	table->in_note = false;
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
	table->nr_columns = 0;
}
