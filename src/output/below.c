/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/below.h"

#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "output/columns.h"
#include "output/table.h"

void below_release(struct below *below)
{
	free(below->cell);
	free(below->text);
}

static void open_section(struct below *below, const char *heading,
			 unsigned int order, bool is_table)
{
	/* Further lines go on in the last one. */
	if (below->nr_sections < BELOW_SECTIONS_MAX)
		below->section[below->nr_sections++] = (struct below_section){
			.heading = heading,
			.order = order,
			.is_table = is_table,
		};
	below->open = below->nr_sections - 1;
}

void below_line(struct below *below, const char *heading, unsigned int order)
{
	for (unsigned int i = 0; i < below->nr_sections && *heading; i++)
		if (!below->section[i].is_table &&
		    !strcmp(below->section[i].heading, heading)) {
			below->open = i;
			return;
		}
	open_section(below, heading, order, false);
}

void below_table(struct below *below, const char *heading, unsigned int order)
{
	open_section(below, heading, order, true);
}

void below_row(struct below *below)
{
	below->section[below->open].nr_rows++;
}

/* Makes room for nr more of size bytes each. Returns the array, NULL without memory. */
static void *make_room(void *array, size_t used, size_t *room, size_t nr,
		       size_t size)
{
	size_t wanted = *room ? *room : 64;
	void *larger;

	while (wanted < used + nr)
		wanted *= 2;
	if (wanted == *room)
		return array;
	larger = realloc(array, wanted * size);
	if (larger)
		*room = wanted;
	return larger;
}

void below_cell(struct below *below, struct below_cell cell)
{
	struct below_cell *larger = make_room(below->cell, below->nr_cells,
					      &below->room, 1,
					      sizeof(*below->cell));

	below->failed |= !larger;
	if (!larger)
		return;
	cell.section = below->open;
	cell.row = below->section[below->open].nr_rows;
	cell.start = cell.end = below->used;
	below->cell = larger;
	below->cell[below->nr_cells++] = cell;
}

void below_put(struct below *below, const char *text, size_t size)
{
	char *larger;

	if (below->failed || !below->nr_cells)
		return;
	larger = make_room(below->text, below->used, &below->text_room, size,
			   1);
	below->failed |= !larger;
	if (!larger)
		return;
	below->text = larger;
	memcpy(below->text + below->used, text, size);
	below->used += size;
	below->cell[below->nr_cells - 1].end = below->used;
}

/* --- writing --- */

struct below_column {
	const char *name;
	size_t width;
	bool right;
};

struct below_columns {
	unsigned int nr;
	struct below_column column[TABLE_COLUMNS_MAX];
};

static struct below_column *find_column(struct below_columns *columns, const char *name)
{
	struct below_column *column;
	char heading[HEADING_MAX];

	for (unsigned int i = 0; i < columns->nr; i++)
		if (columns->column[i].name == name ||
		    !strcmp(columns->column[i].name, name))
			return &columns->column[i];
	if (columns->nr == TABLE_COLUMNS_MAX)
		return NULL;
	column = &columns->column[columns->nr++];
	*column = (struct below_column){ .name = name,
				   .width = table_heading(name, heading) };
	return column;
}

static void measure(const struct below *below, unsigned int section,
		    struct below_columns *columns)
{
	for (size_t i = 0; i < below->nr_cells; i++) {
		const struct below_cell *cell = &below->cell[i];
		struct below_column *column;
		size_t width;

		if (cell->section != section)
			continue;
		column = find_column(columns, cell->name);
		if (!column)
			continue;
		width = printable_columns(below->text + cell->start,
					  cell->end - cell->start);
		if (column->width < width)
			column->width = width;
		column->right |= cell->right;
	}
}

static void put_padding(struct table *table, struct writer *writer, size_t size)
{
	static const char blanks[] = "                                ";

	for (; size >= sizeof(blanks); size -= sizeof(blanks) - 1)
		table_note_put(table, writer, STYLE_PLAIN, blanks, sizeof(blanks) - 1);
	table_note_put(table, writer, STYLE_PLAIN, blanks, size);
}

static void put_heading(const struct below_columns *columns, struct table *table,
			struct writer *writer)
{
	size_t gap = 0;

	for (unsigned int i = 0; i < columns->nr; i++) {
		const struct below_column *column = &columns->column[i];
		char heading[HEADING_MAX];
		size_t size = table_heading(column->name, heading);

		put_padding(table, writer,
			    gap + (column->right ? column->width - size : 0));
		table_note_put(table, writer, STYLE_HEADING, heading, size);
		gap = COLUMN_GAP + (column->right ? 0 : column->width - size);
	}
	table_note_end(table, writer);
}

/* The cells of a row, which begins with the first one: at most one a column. Returns the
 * cell behind them. */
static size_t put_row(const struct below *below, size_t first,
		      const struct below_columns *columns, struct table *table,
		      struct writer *writer)
{
	const struct below_cell *at = &below->cell[first];
	const struct below_cell *found[TABLE_COLUMNS_MAX] = { NULL };
	unsigned int section = at->section, row = at->row, nr = 0;
	size_t gap = 0, end = first;

	for (; end < below->nr_cells; end++) {
		at = &below->cell[end];
		if (at->section != section)
			continue;
		if (at->row != row)
			break;
		for (unsigned int i = 0; i < columns->nr; i++)
			if (!strcmp(columns->column[i].name, at->name)) {
				found[i] = at;
				nr = i + 1 > nr ? i + 1 : nr;
			}
	}
	for (unsigned int i = 0; i < nr; i++) {
		const struct below_column *column = &columns->column[i];
		size_t start = found[i] ? found[i]->start : 0;
		size_t size = found[i] ? found[i]->end - start : 0, width;
		const char *text = size ? below->text + start : "-";

		size = size ? size : 1;
		width = printable_columns(text, size);
		put_padding(table, writer,
			    gap + (column->right ? column->width - width : 0));
		table_note_put(table, writer, found[i] ? found[i]->style : STYLE_PLAIN,
			       text, size);
		gap = COLUMN_GAP + (column->right ? 0 : column->width - width);
	}
	table_note_end(table, writer);
	return end;
}

static void write_table(const struct below *below, unsigned int section,
			struct table *table, struct writer *writer)
{
	struct below_columns columns = { .nr = 0 };

	measure(below, section, &columns);
	put_heading(&columns, table, writer);
	for (size_t i = 0; i < below->nr_cells;)
		if (below->cell[i].section == section)
			i = put_row(below, i, &columns, table, writer);
		else
			i++;
}

/* The cell of a line that comes behind another, which is NULL at first; NULL: none. */
static const struct below_cell *next_cell(const struct below *below,
					  unsigned int section,
					  const struct below_cell *last)
{
	const struct below_cell *found = NULL;

	for (size_t i = 0; i < below->nr_cells; i++) {
		const struct below_cell *cell = &below->cell[i];

		if (cell->section == section &&
		    (!last || cell->order > last->order ||
		     (cell->order == last->order && cell > last)) &&
		    (!found || cell->order < found->order))
			found = cell;
	}
	return found;
}

static void write_line(const struct below *below, unsigned int section,
		       struct table *table, struct writer *writer)
{
	const struct below_cell *cell = next_cell(below, section, NULL);
	char heading[HEADING_MAX];
	size_t size = table_heading(below->section[section].heading, heading);

	if (size) {
		table_note_put(table, writer, STYLE_PLAIN, heading, size);
		table_note_put(table, writer, STYLE_PLAIN, ": ", 2);
	}
	for (bool first = true; cell; first = false) {
		if (!first)
			table_note_put(table, writer, STYLE_PLAIN, cell->name,
				       strlen(cell->name));
		table_note_put(table, writer, cell->style,
			       below->text + cell->start,
			       cell->end - cell->start);
		cell = next_cell(below, section, cell);
	}
	table_note_end(table, writer);
}

static bool has_cells(const struct below *below, unsigned int section)
{
	for (size_t i = 0; i < below->nr_cells; i++)
		if (below->cell[i].section == section)
			return true;
	return false;
}

/* The section that comes after those of the order, and of the number, given. */
static unsigned int next_section(const struct below *below, bool *written)
{
	unsigned int found = below->nr_sections;

	for (unsigned int i = 0; i < below->nr_sections; i++)
		if (!written[i] &&
		    (found == below->nr_sections ||
		     below->section[i].order < below->section[found].order))
			found = i;
	if (found < below->nr_sections)
		written[found] = true;
	return found;
}

void below_write(struct below *below, struct table *table,
		 struct writer *writer)
{
	bool written[BELOW_SECTIONS_MAX] = { false };
	unsigned int at;

	while ((at = next_section(below, written)) < below->nr_sections)
		if (!has_cells(below, at))
			continue;
		else if (below->section[at].is_table)
			write_table(below, at, table, writer);
		else
			write_line(below, at, table, writer);
	below->nr_sections = 0;
	below->nr_cells = below->used = 0;
	below->failed = false;
}
