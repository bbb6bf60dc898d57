/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/pen.h"

#include <string.h>

#include "base/printable.h"

enum { USUAL_HANG = 4 }; /* indent of further lines, after the blanks that the text begins with */

void pen_put_coloured(struct writer *writer, enum style style, const char *text, size_t size)
{
	const char *begin = style_begin(style), *end = style_end(style);

	writer_put(writer, begin, strlen(begin));
	writer_put(writer, text, size);
	writer_put(writer, end, strlen(end));
}

void pen_hold(const struct pen *pen, size_t gap, enum style style, const char *text, size_t size)
{
	if (gap)
		cells_add(pen->waiting, &(struct cell){ .style = STYLE_PLAIN });
	while (gap--)
		cells_put(pen->waiting, " ", 1);
	cells_add(pen->waiting, &(struct cell){ .style = style });
	cells_put(pen->waiting, text, size);
}

void pen_wrap(struct pen *pen, size_t indent, size_t hang, const char *text,
	      const struct cell *cells, size_t nr)
{
	const struct screen *screen = pen->screen;
	size_t from = cells->start, end = cells[nr - 1].end, next;

	for (;; indent = hang) {
		size_t to = end, rest = end;

		if (screen->columns) {
			size_t room = screen->columns > indent ? screen->columns - indent : 1;

			to = from + screen_piece(screen, text + from, end - from, room, &next);
			rest = from + next;
		}
		if (rest == end)
			to = end;
		pen_put(pen, indent, STYLE_PLAIN, "", 0, 0);
		while (from < to) {
			size_t part = (cells->end < to ? cells->end : to) - from;

			if (part)
				pen_put(pen, pen->at, cells->style, text + from, part,
					screen_width(screen, text + from, part));
			from += part;
			cells += from == cells->end && from < end;
		}
		if (rest == end)
			return;
		pen_end_line(pen);
		for (from = rest; cells->end <= from;)
			cells++;
	}
}

size_t free_line_hang(const struct screen *screen, const char *text, size_t size)
{
	size_t most = screen->columns / 2, found, at = 0;

	while (at < size && text[at] == ' ')
		at++;
	found = at + USUAL_HANG;
	for (; at + 2 < size && at < most; at++)
		if (text[at] == ' ' && text[at + 1] == ' ' && text[at + 2] != ' ')
			found = screen_width(screen, text, at + 2);
	return found < most ? found : USUAL_HANG;
}

void free_line_add(struct cells *line, enum style style, const char *text, size_t size)
{
	size_t at = line->used;

	if (!size)
		return;
	if (!line->nr_sections)
		cells_begin(line, &(struct cell_section){ .kind = SECTION_LINE });
	cells_add(line, &(struct cell){ .style = style });
	cells_put(line, text, size);
	if (line->failed)
		return;
	line->used = at + printable_clean(line->text + at, size);
	line->cell[line->open_cell].end = line->used;
}

void free_line_end(struct cells *line, const struct screen *screen, struct writer *writer)
{
	struct pen pen = { .screen = screen, .writer = writer };

	if (line->nr)
		pen_wrap(&pen, 0, free_line_hang(screen, line->text, line->used), line->text,
			 line->cell, line->nr);
	pen_end_line(&pen);
	cells_empty(line);
}
