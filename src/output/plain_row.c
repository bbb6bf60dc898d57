/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of records that have no headings (`plain` in struct record). */
#include <string.h>

#include "base/printable.h"
#include "output/form_inside.h"

/* Writes text, and replaces each tab by the blanks that a terminal would show. column: the column
 * in which the text begins. */
static void print_plain_text(struct output *output, enum style style, const char *text, size_t size,
			     size_t column)
{
	static const char blanks[] = "        ";
	const size_t tab = sizeof(blanks) - 1;
	const char *at;

	for (; (at = memchr(text, '\t', size)); text = at + 1) {
		size_t part = at - text;

		output_text_part(output, style, text, part);
		column += printable_columns(text, part);
		output_text_part(output, style, blanks, tab - column % tab);
		column += tab - column % tab;
		size -= part + 1;
	}
	output_text_part(output, style, text, size);
}

/* Prints the cells of a row side by side. If the last cell has several lines, each further line
 * repeats the other cells. */
void form_print_plain_row(struct output *output)
{
	struct table *table = &output->table;
	const bool plain =
		!line_needed(&table->screen) && printable_is_plain(table->text, table->used);
	const char *rest = "", *end = rest;

	table_sort_cells(table);
	do {
		size_t column = 0;

		for (unsigned int i = 0; i < table->nr_cells; i++) {
			const struct cell *cell = &table->cells[i];
			const char *text = table->text + cell->start;
			size_t size = cell->end - cell->start;
			const char *zeros = form_zeros(output, cell->kind, size);

			if (cell->optional)
				continue;
			if (column)
				output_text_part(output, STYLE_PLAIN, " ", 1);
			column += column > 0;
			output_text_part(output, STYLE_PLAIN, zeros, strlen(zeros));
			column += strlen(zeros);
			if (plain) {
				table_put_styled(table, &output->writer, STYLE_PLAIN, text, size);
				column += size;
				continue;
			}
			if (i + 1 == table->nr_cells) {
				text = *rest ? rest : text;
				end = table->text + cell->end;
				rest = memchr(text, '\n', end - text);
				size = (rest ? rest : end) - text;
				rest = rest ? rest + 1 : end;
			}
			print_plain_text(output, cell->style, text, size, column);
			column += printable_columns(text, size);
		}
		output_text_end(output);
	} while (rest < end);
}
