/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/below.h"

#include <stdlib.h>
#include <string.h>

#include "base/printable.h"

void below_release(struct below *below)
{
	free(below->section);
	free(below->cell);
	free(below->text);
}

/* Ensures that the array has space for nr more elements of size bytes. *room: capacity in elements.
 * Returns the array, or NULL if memory is exhausted. Offsets have 32 bits, so more elements count as
 * exhausted memory. */
static void *below_make_room(void *array, size_t used, size_t *room, size_t nr, size_t size)
{
	size_t wanted = *room ? *room : 32;
	void *larger;

	while (wanted < used + nr)
		wanted *= 2;
	if (wanted == *room)
		return array;
	larger = realloc(array, wanted > UINT32_MAX ? PTRDIFF_MAX : wanted * size);
	if (larger)
		*room = wanted;
	return larger;
}

void below_begin(struct below *below, enum below_kind kind, const char *heading, unsigned int order)
{
	struct below_section *larger =
		below_make_room(below->section, below->nr_sections, &below->section_room, 1,
				sizeof(*below->section));

	below->failed |= !larger;
	if (!larger)
		return;
	below->section = larger;
	below->rows |= kind == BELOW_ROWS;
	below->open = below->nr_sections++;
	below->section[below->open] = (struct below_section){
		.kind = kind,
		.heading = heading,
		.order = order,
		.group = below->group,
	};
}

void below_line(struct below *below, const char *heading, unsigned int order)
{
	for (size_t i = below->nr_sections; i-- && *heading;) {
		const struct below_section *section = &below->section[i];

		if (section->kind == BELOW_LINE && section->group == below->group &&
		    same_name(section->heading, heading)) {
			below->open = i;
			return;
		}
		if (section->group != below->group && below->group)
			break;
	}
	below_begin(below, BELOW_LINE, heading, order);
}

void below_row(struct below *below)
{
	if (!below->failed)
		below->section[below->open].nr_rows++;
}

void below_group_begin(struct below *below)
{
	below->group = ++below->nr_groups;
}

void below_group_end(struct below *below)
{
	below->group = 0;
}

void below_cell(struct below *below, const struct cell *cell)
{
	struct below_section *section;
	struct below_cell *larger;
	uint32_t nr = below->nr_cells;

	if (below->failed)
		return;
	larger = below_make_room(below->cell, nr, &below->room, 1, sizeof(*larger));
	below->failed = !larger;
	if (!larger)
		return;
	below->cell = larger;
	section = &below->section[below->open];
	larger[nr] = (struct below_cell){
		.cell = *cell,
		.section = below->open,
		.row = section->nr_rows,
		.next = BELOW_END,
	};
	larger[nr].cell.start = larger[nr].cell.end = below->used;
	*(section->nr_cells++ ? &larger[section->last].next : &section->first) = nr;
	section->last = nr;
	below->nr_cells++;
}

void below_put(struct below *below, const char *text, size_t size)
{
	char *larger;

	if (below->failed || !below->nr_cells)
		return;
	larger = below_make_room(below->text, below->used, &below->text_room, size, 1);
	below->failed |= !larger;
	if (!larger)
		return;
	below->text = larger;
	memcpy(below->text + below->used, text, size);
	below->used += size;
	below->cell[below->nr_cells - 1].cell.end = below->used;
}

void below_drop(struct below *below)
{
	struct below_section *section = &below->section[below->open];
	uint32_t at;

	if (below->failed || !below->nr_cells)
		return;
	below->used = below->cell[--below->nr_cells].cell.start;
	section->nr_cells--;
	for (at = section->last = section->first; section->nr_cells && at < below->nr_cells;
	     at = below->cell[at].next)
		section->last = at;
	if (section->nr_cells)
		below->cell[section->last].next = BELOW_END;
}

const struct below_cell *below_rows_cell(const struct below *below, size_t *at)
{
	for (; *at < below->nr_cells; ++*at) {
		const struct below_cell *cell = &below->cell[*at];

		if (below->section[cell->section].kind == BELOW_ROWS)
			return cell;
	}
	return NULL;
}

/* --- writing --- */

/* Returns NULL if the section is empty. */
static const struct below_cell *first_cell(const struct below *below,
					   const struct below_section *section)
{
	return section->nr_cells ? &below->cell[section->first] : NULL;
}

/* Cleans the texts of all cells. Must be called before texts are measured or written. */
static void below_clean(struct below *below)
{
	below->plain = !below->used || printable_is_plain(below->text, below->used);
	for (size_t i = 0; i < below->nr_cells && !below->plain; i++)
		table_clean_cell(&below->cell[i].cell, below->text);
}

/* The sections below a row, the table that contains the row, and the writer. */
struct sheet {
	struct below *below;
	struct table *table;
	struct writer *writer;
};

static void output_below_put(const struct sheet *sheet, size_t gap, enum style style,
			     const char *text, size_t size)
{
	table_note_put(sheet->table, sheet->writer, gap, style, text, size);
}

static void below_end_line(const struct sheet *sheet)
{
	table_note_end(sheet->table, sheet->writer);
}

/* Returns the cell after `cell` in the same section, or NULL. */
static const struct below_cell *below_next(const struct below *below, const struct below_cell *cell)
{
	return cell->next != BELOW_END ? &below->cell[cell->next] : NULL;
}

/* --- tables --- */

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
static struct below_column *below_find_column(struct below_columns *columns,
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

static void below_write_table(const struct sheet *sheet, const struct below_cell *at)
{
	/* a large array, so only the elements of used columns are initialized */
	struct below_columns columns;

	columns.nr = columns.next = 0;
	below_measure(sheet->below, at, &columns);
	below_put_heading(sheet, &columns);
	while (at)
		at = below_put_row(sheet, &columns, at);
}

/* --- lines --- */

/* Sorts the cells of a line by order. Cells of the same order stay in the order in which they were
 * stated. */
static void sort_line(struct below *below, struct below_section *section)
{
	struct below_cell *cells = below->cell;
	uint32_t at = cells[section->first].next, next, *link;

	section->last = section->first;
	cells[section->first].next = BELOW_END;
	for (; at != BELOW_END; at = next) {
		next = cells[at].next;
		link = &cells[section->last].next;
		if (cells[section->last].cell.order > cells[at].cell.order)
			link = &section->first;
		else
			section->last = at;
		while (*link != BELOW_END && cells[*link].cell.order <= cells[at].cell.order)
			link = &cells[*link].next;
		cells[at].next = *link;
		*link = at;
	}
}

/* Writes a line. label: 0 if the line is below a row. If there is no row, label is the width of the
 * widest heading, after which all values are aligned. */
static void write_line(const struct sheet *sheet, struct below_section *section, size_t label)
{
	const struct below_cell *cell;
	const struct below *below = sheet->below;
	char heading[HEADING_MAX];
	size_t size = table_heading(section->heading, heading);

	if (*heading == '.')
		size = 0;
	sheet->table->flush = size && label;
	if (size)
		output_below_put(sheet, 0, STYLE_PLAIN, heading, size);
	if (sheet->table->flush)
		output_below_put(sheet, label - size + COLUMN_GAP, STYLE_PLAIN, "", 0);
	else if (size)
		output_below_put(sheet, 0, STYLE_PLAIN, ": ", 2);
	sort_line(sheet->below, section);
	cell = first_cell(below, section);
	for (bool first = true; cell; first = false) {
		if (!first)
			output_below_put(sheet, 0, STYLE_PLAIN, cell->cell.name,
					 strlen(cell->cell.name));
		output_below_put(sheet, 0, cell->cell.style, below->text + cell->cell.start,
				 cell->cell.end - cell->cell.start);
		cell = below_next(below, cell);
	}
	below_end_line(sheet);
	sheet->table->flush = false;
}

static size_t widest_label(const struct below *below)
{
	size_t widest = 0;

	for (size_t i = 0; i < below->nr_sections; i++) {
		const struct below_section *section = &below->section[i];
		size_t size = strlen(section->heading);

		if (section->kind == BELOW_LINE && size > widest && section->nr_cells)
			widest = size;
	}
	return widest;
}

/* Returns the section with the lowest order that was not written yet, or NULL. If several sections
 * have this order, returns the first. */
static struct below_section *next_section(struct below *below)
{
	struct below_section *found = NULL;

	for (size_t i = 0; i < below->nr_sections; i++) {
		struct below_section *section = &below->section[i];

		if (!section->written && (!found || section->order < found->order))
			found = section;
	}
	if (found)
		found->written = true;
	return found;
}

void below_write(struct below *below, struct table *table, struct writer *writer, bool labelled)
{
	const struct sheet sheet = { below, table, writer };
	size_t label = labelled ? widest_label(below) : 0;
	struct below_section *section;

	below_clean(below);
	while ((section = next_section(below))) {
		if (!section->nr_cells)
			continue;
		if (section->kind == BELOW_LINE)
			write_line(&sheet, section, label);
		else if (section->kind == BELOW_TABLE)
			below_write_table(&sheet, first_cell(below, section));
	}
}

void below_empty(struct below *below)
{
	below->nr_sections = below->nr_groups = below->group = 0;
	below->nr_cells = below->used = 0;
	below->failed = below->rows = false;
}
