/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables on a screen. The values on a page determine the width of each column. If the columns do
 * not fit, long values take several lines, and the least important columns are left out. */
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "output/table.h"

enum {
	WRAPPED_LEAST = 16, /* smallest width of a column whose values take several lines */
	/* The longest word of a value determines the smallest width of its column. A word that is
	 * longer than this part of a line (a third) counts as a third of a line. */
	LONGEST_PART = 3,
	FOLD_INDENT = 4, /* indentation of a value that does not fit into the rest of its line */
	NOTE_HANG = 6, /* indentation of continued lines of a note that is not in a table */
};

/* --- for all tables --- */

void table_put_coloured(struct writer *writer, enum style style, const char *text, size_t size)
{
	const char *begin = style_begin(style), *end = style_end(style);

	writer_put(writer, begin, strlen(begin));
	writer_put(writer, text, size);
	writer_put(writer, end, strlen(end));
}

size_t table_heading(const char *name, char heading[HEADING_MAX])
{
	size_t size = 0;

	for (; name[size] && size < HEADING_MAX; size++) {
		heading[size] = name[size] == '_' ? ' ' : name[size];
		if (name[size] >= 'a' && name[size] <= 'z')
			heading[size] = (char)(name[size] - 'a' + 'A');
	}
	return size;
}

/* --- holding --- */

static size_t cell_start(const struct held *held, unsigned int cell)
{
	return cell ? held->end[cell - 1] : 0;
}

static void hold_text(struct held *held, enum style style, const char *text, size_t size)
{
	char *to = held->text + held->used;

	held->style[held->nr_cells] = style;
	memcpy(to, text, size);
	held->used += printable_clean(to, size);
	held->end[held->nr_cells++] = held->used;
}

/* Writes the waiting page if it is complete, or if nr more cells with size bytes of text do not
 * fit. */
static void table_page_make_room(struct table *table, struct writer *writer, unsigned int nr,
				 size_t size)
{
	const struct held *held = &table->held;

	if (held->nr_lines + 2 >= table->screen.lines || held->nr_lines == HELD_LINES_MAX ||
	    held->nr_cells + nr > HELD_CELLS_MAX || held->used + size > sizeof(held->text))
		table_release(table, writer);
}

static void begin_line(struct held *held, bool is_note)
{
	held->is_note[held->nr_lines] = is_note;
	held->first_cell[held->nr_lines++] = held->nr_cells;
}

void table_hold_row(struct table *table, struct writer *writer)
{
	struct held *held = &table->held;

	table_page_make_room(table, writer, table->nr_columns, table->used + table->nr_columns);
	begin_line(held, false);
	for (unsigned int i = 0; i < table->nr_columns; i++) {
		const struct cell *cell = table->columns[i].cell;

		if (cell && cell->start < cell->end)
			hold_text(held, cell->style, table->text + cell->start,
				  cell->end - cell->start);
		else
			hold_text(held, STYLE_PLAIN, "-", 1);
	}
}

/* Adds a part of a note to the waiting page. The end of the part is cut off if the page has no
 * space for it. */
void table_hold_note(struct table *table, struct writer *writer, size_t gap, enum style style,
		     const char *text, size_t size)
{
	enum { USUAL_CELLS = 2 * TABLE_COLUMNS_MAX, USUAL_TEXT = 4096 };
	struct held *held = &table->held;

	if (!table->in_note) {
		table_page_make_room(table, writer, USUAL_CELLS,
				     gap + size > USUAL_TEXT ? gap + size : USUAL_TEXT);
		held->is_flush[held->nr_lines] = table->flush;
		begin_line(held, true);
	}
	if (held->nr_cells + 1 >= HELD_CELLS_MAX)
		return;
	if (gap > sizeof(held->text) - held->used)
		gap = sizeof(held->text) - held->used;
	if (gap) {
		memset(held->text + held->used, ' ', gap);
		held->style[held->nr_cells] = STYLE_PLAIN;
		held->used += gap;
		held->end[held->nr_cells++] = held->used;
	}
	if (size > sizeof(held->text) - held->used)
		size = sizeof(held->text) - held->used;
	hold_text(held, style, text, size);
}

/* --- a page --- */

/* The rest of a cell, which was not written yet. */
struct table_page_rest {
	const char *text;
	size_t size;
	enum style style;
};

struct table_page {
	struct table *table;
	struct writer *writer;
	struct fitted_column columns[TABLE_COLUMNS_MAX];
	size_t at; /* number of columns that were written in this line */
	unsigned int nr; /* number of lines that are waiting */
};

static struct table_page_rest cell_of(const struct table *table, unsigned int line,
				      unsigned int column)
{
	const struct held *held = &table->held;
	unsigned int cell = held->first_cell[line] + column;
	size_t start = cell_start(held, cell);

	return (struct table_page_rest){ .text = held->text + start,
					 .size = held->end[cell] - start,
					 .style = held->style[cell] };
}

static void put_at(struct table_page *page, size_t target, enum style style, const char *text,
		   size_t size)
{
	static const char blanks[] = "                ";

	while (page->at < target) {
		size_t part = target - page->at;

		if (part >= sizeof(blanks))
			part = sizeof(blanks) - 1;
		writer_put(page->writer, blanks, part);
		page->at += part;
	}
	table_put_styled(page->table, page->writer, style, text, size);
	page->at += screen_width(&page->table->screen, text, size);
}

static void table_page_end_line(struct table_page *page)
{
	writer_end_line(page->writer);
	page->at = 0;
	page->table->nr_lines++;
}

/* Writes one line of a row: of each cell's rest, writes the part that fits into the column. */
static void table_page_put_line(struct table_page *page, struct table_page_rest *rests)
{
	const struct table *table = page->table;
	size_t start = 0;

	for (unsigned int i = 0; i < table->nr_columns; i++) {
		size_t width = page->columns[i].width, target = start, next;
		struct table_page_rest *rest = &rests[i];
		size_t piece, shown;

		if (!width)
			continue;
		start += width + COLUMN_GAP;
		if (!rest->size)
			continue;
		piece = screen_piece(&table->screen, rest->text, rest->size, width, &next);
		shown = screen_width(&table->screen, rest->text, piece);
		if (table->columns[i].kind == CELL_COUNT && shown < width)
			target += width - shown;
		if (page->at && page->at >= target)
			target = page->at + 1;
		if (page->at && target + shown > table->screen.columns) {
			table_page_end_line(page);
			target = FOLD_INDENT;
		}
		put_at(page, target, rest->style, rest->text, piece);
		rest->text += next;
		rest->size -= next;
	}
	table_page_end_line(page);
}

static bool table_page_is_written(const struct table_page *page,
				  const struct table_page_rest *rests)
{
	for (unsigned int i = 0; i < page->table->nr_columns; i++)
		if (page->columns[i].width && rests[i].size)
			return false;
	return true;
}

static void put_cells(struct table_page *page, struct table_page_rest *rests)
{
	do {
		table_page_put_line(page, rests);
	} while (!table_page_is_written(page, rests));
}

static void tell_left_out(struct table_page *page)
{
	struct table *table = page->table;
	char text[1024] = "no room for", heading[HEADING_MAX];
	size_t used = strlen(text), usual = used, next;
	struct table_page_rest rest = { .text = text };

	for (unsigned int i = 0; i < table->nr_columns; i++) {
		size_t size = table_heading(table->columns[i].name, heading);

		if (page->columns[i].width || used + size + 64 > sizeof(text))
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %.*s",
					 used > usual ? "," : "", (int)size, heading);
	}
	if (used == usual || table->told_columns)
		return;
	table->told_columns = true;
	rest.size = used +
		    (size_t)snprintf(text + used, sizeof(text) - used, "; \"| less -S\" shows all");
	for (; rest.size; rest.text += next, rest.size -= next) {
		size_t piece = screen_piece(&table->screen, rest.text, rest.size,
					    table->screen.columns, &next);

		put_at(page, 0, STYLE_CAUTION, rest.text, piece);
		table_page_end_line(page);
	}
}

static void table_page_put_heading(struct table_page *page)
{
	struct table *table = page->table;
	struct table_page_rest rests[TABLE_COLUMNS_MAX];
	char headings[TABLE_COLUMNS_MAX][HEADING_MAX];

	table->nr_lines = 0;
	tell_left_out(page);
	table->has_heading = true;
	for (unsigned int i = 0; i < table->nr_columns; i++) {
		table->width[i] = page->columns[i].width;
		rests[i].text = headings[i];
		rests[i].size = table_heading(table->columns[i].name, headings[i]);
		rests[i].style = STYLE_HEADING;
	}
	put_cells(page, rests);
}

static void table_page_put_row(struct table_page *page, unsigned int line)
{
	struct table_page_rest rests[TABLE_COLUMNS_MAX];

	for (unsigned int i = 0; i < page->table->nr_columns; i++)
		rests[i] = cell_of(page->table, line, i);
	put_cells(page, rests);
}

/* Writes a row as a record: one line for each field, which begins with the name of the field. */
static void table_page_put_record(struct table_page *page, unsigned int line)
{
	const struct table *table = page->table;
	const struct screen *screen = &table->screen;
	char heading[HEADING_MAX];
	size_t names = 0, size, next;

	for (unsigned int i = 0; i < table->nr_columns; i++) {
		size = table_heading(table->columns[i].name, heading);
		names = size > names ? size : names;
	}
	names += COLUMN_GAP;
	if (page->table->has_heading)
		table_page_end_line(page);
	page->table->has_heading = true;
	for (unsigned int i = 0; i < table->nr_columns; i++) {
		struct table_page_rest rest = cell_of(table, line, i);
		size_t room = screen->columns > names ? screen->columns - names : 1;

		if (rest.size == 1 && *rest.text == '-')
			continue;
		size = table_heading(table->columns[i].name, heading);
		put_at(page, 0, STYLE_HEADING, heading, size);
		for (; rest.size; rest.text += next, rest.size -= next) {
			size = screen_piece(screen, rest.text, rest.size, room, &next);
			put_at(page, names, rest.style, rest.text, size);
			table_page_end_line(page);
		}
	}
}

/* Writes the bytes of the waiting text at the offsets from `from` up to `to` (exclusive), in the
 * styles of their cells. cell: index of a cell that begins at or before the first byte. Returns the
 * index of the cell that contains the last byte. */
static unsigned int put_styled_cells(struct table_page *page, size_t indent, unsigned int cell,
				     size_t from, size_t to)
{
	const struct held *held = &page->table->held;

	put_at(page, indent, STYLE_PLAIN, "", 0);
	for (; from < to; cell++) {
		size_t end = held->end[cell] < to ? held->end[cell] : to;

		if (end > from)
			put_at(page, page->at, held->style[cell], held->text + from, end - from);
		from = end > from ? end : from;
		if (end == to)
			break;
	}
	table_page_end_line(page);
	return cell;
}

/* Returns the indentation of continued lines of a note. This is the start of the note's last
 * column, if at least a third of the line is to the right of that column. */
static size_t hang_of_note(const struct table_page *page, size_t indent, unsigned int cell,
			   unsigned int end_cell)
{
	const struct held *held = &page->table->held;
	size_t from = cell_start(held, cell), hang = NOTE_HANG;

	for (unsigned int i = cell + 1; i + 1 < end_cell; i++) {
		size_t start = cell_start(held, i), size = held->end[i] - start;

		if (size >= COLUMN_GAP && held->text[start] == ' ')
			hang = indent + screen_width(&page->table->screen, held->text + from,
						     held->end[i] - from);
	}
	return hang <= page->table->screen.columns / 3 * 2 ? hang : NOTE_HANG;
}

static void put_note(struct table_page *page, unsigned int line)
{
	const struct screen *screen = &page->table->screen;
	const struct held *held = &page->table->held;
	unsigned int cell = held->first_cell[line];
	unsigned int end_cell = line + 1 < page->nr ? held->first_cell[line + 1] : held->nr_cells;
	size_t from = cell_start(held, cell), end = held->end[end_cell - 1];
	size_t indent = held->is_flush[line] ? 0 : NOTE_INDENT, next;
	size_t hang = hang_of_note(page, indent, cell, end_cell);

	do {
		size_t piece = screen_piece(screen, held->text + from, end - from,
					    screen->columns - indent, &next);

		cell = put_styled_cells(page, indent, cell, from, from + piece);
		from += next;
		indent = hang;
	} while (from < end);
}

/* Returns the number of lines that must be on the same page: the given line, and the notes that
 * follow it. */
static unsigned int nr_together(const struct table *table, unsigned int line, unsigned int nr)
{
	unsigned int end = line + 1;

	while (end < nr && table->held.is_note[end])
		end++;
	return end - line;
}

/* --- widths --- */

static void measure_column(const struct table *table, unsigned int i, struct fitted_column *column)
{
	const struct screen *screen = &table->screen;
	char heading[HEADING_MAX];
	size_t size = table_heading(table->columns[i].name, heading), longest;
	size_t most = screen->columns / LONGEST_PART;

	column->natural = size;
	column->least = screen_longest_word(screen, heading, size);
	for (unsigned int line = 0; line < table->held.nr_lines; line++) {
		struct table_page_rest cell;
		size_t width;

		if (table->held.is_note[line])
			continue;
		cell = cell_of(table, line, i);
		width = screen_width(screen, cell.text, cell.size);
		if (width > column->natural)
			column->natural = width;
		longest = screen_longest_word(screen, cell.text, cell.size);
		if (longest > most)
			longest = most;
		if (longest < width && longest < WRAPPED_LEAST)
			longest = width < WRAPPED_LEAST ? width : WRAPPED_LEAST;
		if (longest > column->least)
			column->least = longest;
	}
	column->rank = table->columns[i].rank;
}

/* Makes columns wider: to their usual widths if all of these fit, and to their widths on the
 * previous page. Columns that were left out on the previous page are left out again. */
static void table_page_widen(const struct table *table, struct fitted_column *columns)
{
	size_t total = 0;

	for (unsigned int i = 0; i < table->nr_columns; i++) {
		size_t width = columns[i].natural;

		if (width < table->columns[i].width)
			width = table->columns[i].width;
		total += width + COLUMN_GAP;
	}
	for (unsigned int i = 0; i < table->nr_columns; i++) {
		size_t width = table->has_heading ? table->width[i] : 0;

		if (table->has_heading && !width) {
			columns[i].natural = columns[i].least = 0;
			continue;
		}
		if (total <= table->screen.columns + COLUMN_GAP && width < table->columns[i].width)
			width = table->columns[i].width;
		if (columns[i].natural < width)
			columns[i].natural = width;
	}
}

static bool is_as_before(const struct table *table, const struct fitted_column *columns)
{
	for (unsigned int i = 0; i < table->nr_columns; i++)
		if (columns[i].width != table->width[i])
			return false;
	return table->has_heading;
}

static void table_page_release(struct table *table, struct writer *writer, unsigned int nr)
{
	struct table_page page = { .table = table, .writer = writer, .nr = nr };

	for (unsigned int i = 0; i < table->nr_columns; i++)
		measure_column(table, i, &page.columns[i]);
	if (!table->expanded)
		table_page_widen(table, page.columns);
	table->expanded |= !columns_fit(page.columns, table->nr_columns, table->screen.columns);
	if (table->nr_columns && !table->expanded && !is_as_before(table, page.columns))
		table_page_put_heading(&page);
	/* Clear the waiting lines first, because a signal handler that ends the program during the
	 * writing would write them again. */
	table->held.nr_lines = 0;
	for (unsigned int line = 0; line < nr; line++) {
		bool is_note = table->held.is_note[line];

		if (!is_note && table->nr_columns && !table->expanded &&
		    table->nr_lines + nr_together(table, line, nr) >= table->screen.lines)
			table_page_put_heading(&page);
		if (is_note)
			put_note(&page, line);
		else if (table->expanded)
			table_page_put_record(&page, line);
		else
			table_page_put_row(&page, line);
	}
	table->held.nr_cells = 0;
	table->held.used = 0;
}

void table_release(struct table *table, struct writer *writer)
{
	if (table->held.nr_lines)
		table_page_release(table, writer, table->held.nr_lines);
}
