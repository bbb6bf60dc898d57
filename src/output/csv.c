/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum {
	ROW_END = -1,
	DROPPED = -2,
	MANY = 1 << 20 /* MANY: rows with this many bytes are printed */
};

/* --- cells --- */

/* Receives bytes of the open cell. */
static void csv_keep(void *arg, const char *data, size_t size)
{
	struct csv *csv = arg;

	if (!size)
		return;
	if (size > csv->text_room - csv->used) {
		size_t room = 2 * (csv->text_room + size);
		char *text = realloc(csv->text, room);

		csv->failed |= !text;
		if (!text)
			return;
		csv->text = text;
		csv->text_room = room;
	}
	memcpy(csv->text + csv->used, data, size);
	csv->used += size;
}

void csv_start(struct csv *csv)
{
	csv->cell.fd = -1;
	csv->cell.sink = csv_keep;
	csv->cell.sink_arg = csv;
}

void csv_release(struct csv *csv)
{
	free(csv->cells);
	free(csv->text);
}

static void end_cell(struct csv *csv)
{
	writer_flush(&csv->cell);
	if (csv->nr_cells)
		csv->cells[csv->nr_cells - 1].end = csv->used;
}

static void add_cell(struct csv *csv, int column)
{
	struct csv_cell cell = { column, csv->used };

	csv->failed |= !array_add(&csv->cells, &csv->nr_cells, &csv->room, &cell, sizeof(cell));
}

static int csv_find_column(struct csv *csv, const char *name)
{
	for (int i = 0; i < csv->nr_columns; i++)
		if (!strcmp(csv->columns[i], name))
			return i;
	if (csv->nr_columns == CSV_COLUMNS_MAX)
		return DROPPED;
	csv->columns[csv->nr_columns] = name;
	return csv->nr_columns++;
}

void csv_begin_cell(struct csv *csv, const char *name)
{
	end_cell(csv);
	add_cell(csv, csv_find_column(csv, name));
}

void csv_begin_row(struct csv *csv, const char *command, struct writer *to)
{
	if (csv->command && strcmp(csv->command, command) != 0) {
		csv_print(csv, to);
		csv->nr_columns = csv->nr_shown = 0;
	}
	csv->command = command;
}

void csv_end_row(struct csv *csv, struct writer *to)
{
	end_cell(csv);
	add_cell(csv, ROW_END);
	if (csv->used >= MANY || csv->nr_cells >= MANY / sizeof(*csv->cells))
		csv_print(csv, to);
}

/* Newlines are kept, because the cell will be written in quotes. */
void csv_put_text(struct csv *csv, const char *text)
{
	for (;;) {
		size_t line = strcspn(text, "\n");

		writer_put_clean(&csv->cell, text, line);
		text += line;
		if (!*text++)
			return;
		writer_put_byte(&csv->cell, '\n');
	}
}

/* --- formulas --- */

/* Returns true if a spreadsheet would interpret this text as a formula. Formulas begin with = + -
 * or @, also in the full-width forms, which some spreadsheets treat in the same way. "-", "-62, -101"
 * and "-1.5|-2" are not formulas, but "---p" and "-EINVAL" are: a spreadsheet shows #NAME? for them. */
static bool is_formula(const char *text, size_t size)
{
	static const char harmless[] = "0123456789-_.|, ";
	static const char wide[][4] = { "\uff1d", "\uff0b", "\uff0d", "\uff20" };

	if (!size)
		return false;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (size >= 3 && !memcmp(text, wide[i], 3))
			return true;
	if (*text != '-')
		return memchr("=+@", *text, 3);
	for (size_t i = 0; i < size; i++)
		if (!memchr(harmless, text[i], sizeof(harmless) - 1))
			return true;
	return false;
}

/* Like is_formula(), but ignores blanks and quotes at the start of the text, because a spreadsheet
 * may remove them. */
static bool begins_formula(const char *text, size_t size)
{
	while (size && (*text == ' ' || *text == '"'))
		text++, size--;
	return is_formula(text, size);
}

/* Returns the size of the first part of a cell that a spreadsheet may interpret as a whole cell. In
 * countries with a decimal comma, spreadsheets end cells at ';', and ignore quotes that are not at
 * the start of a line. So a part ends at ';' or at a newline. */
static size_t part_size(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == ';' || text[i] == '\n')
			return i + 1;
	return size;
}

/* --- rows --- */

/* Writes the text, and doubles each quote in it. */
static void put_within_quotes(struct writer *to, const char *text, size_t size)
{
	const char *end = text + size, *quote;

	while ((quote = memchr(text, '"', (size_t)(end - text)))) {
		writer_put(to, text, (size_t)(quote - text) + 1);
		writer_put_byte(to, '"');
		text = quote + 1;
	}
	writer_put(to, text, (size_t)(end - text));
}

static bool needs_quotes(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (memchr(",\"\n", text[i], 3))
			return true;
	return false;
}

/* Writes a cell, and changes each part of it that a spreadsheet would interpret as a formula. This
 * includes cells that contain JSON. */
static void csv_put_cell(struct writer *to, const char *text, size_t size)
{
	bool quoted = needs_quotes(text, size);

	if (quoted)
		writer_put_byte(to, '"');
	while (size) {
		size_t part = part_size(text, size);

		if (begins_formula(text, part))
			writer_put_byte(to, '\'');
		if (quoted)
			put_within_quotes(to, text, part);
		else
			writer_put(to, text, part);
		text += part;
		size -= part;
	}
	if (quoted)
		writer_put_byte(to, '"');
}

static void csv_put_heading(struct csv *csv, struct writer *to)
{
	if (csv->printed)
		writer_end_line(to);
	for (int i = 0; i < csv->nr_columns; i++) {
		if (i)
			writer_put_byte(to, ',');
		csv_put_cell(to, csv->columns[i], strlen(csv->columns[i]));
	}
	writer_end_line(to);
	csv->nr_shown = csv->nr_columns;
	csv->printed = true;
}

struct csv_span {
	size_t start, end; /* range in csv->text */
};

static void csv_put_row(const struct csv *csv, const struct csv_span *spans, struct writer *to)
{
	for (int i = 0; i < csv->nr_columns; i++) {
		if (i)
			writer_put_byte(to, ',');
		csv_put_cell(to, csv->text + spans[i].start, spans[i].end - spans[i].start);
	}
	writer_end_line(to);
}

bool csv_print(struct csv *csv, struct writer *to)
{
	struct csv_span spans[CSV_COLUMNS_MAX] = { 0 };
	size_t start = 0;

	if (csv->nr_cells && csv->nr_shown < csv->nr_columns)
		csv_put_heading(csv, to);
	for (size_t i = 0; i < csv->nr_cells; i++) {
		const struct csv_cell *cell = &csv->cells[i];

		if (cell->column >= 0) {
			spans[cell->column].start = start;
			spans[cell->column].end = cell->end;
		} else if (cell->column == ROW_END) {
			csv_put_row(csv, spans, to);
			memset(spans, 0, sizeof(spans));
		}
		start = cell->end;
	}
	csv->nr_cells = csv->used = 0;
	return csv->failed;
}

const char *csv_take(struct csv *csv)
{
	writer_put_byte(&csv->cell, '\0');
	writer_flush(&csv->cell);
	csv->used = 0;
	return csv->failed ? NULL : csv->text;
}
