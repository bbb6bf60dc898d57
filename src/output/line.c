/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/line.h"

#include <string.h>

#include "base/printable.h"

enum { USUAL_HANG = 4 }; /* indent of further lines, after the blanks that the text begins with */

/* Writes size bytes of the line in their styles. start: offset of the first byte. */
static void output_line_put(const struct line *line, const struct screen *screen,
			    struct writer *writer, size_t start, size_t size)
{
	size_t end = start + size, at = start;

	for (unsigned int i = 0; i < line->nr_spans && screen->colour; i++) {
		const struct span *span = &line->spans[i];
		const char *begin = style_begin(span->style);
		const char *stop = style_end(span->style);
		size_t from = span->start > at ? span->start : at;
		size_t to = span->end < end ? span->end : end;

		if (from >= to)
			continue;
		writer_put(writer, line->text + at, from - at);
		writer_put(writer, begin, strlen(begin));
		writer_put(writer, line->text + from, to - from);
		writer_put(writer, stop, strlen(stop));
		at = to;
	}
	writer_put(writer, line->text + at, end - at);
}

/* Returns the indentation of continued lines, in columns. */
static size_t hang_of(const struct line *line, const struct screen *screen)
{
	size_t most = screen->columns / 2, found = 0, at = 0;

	while (at < line->used && line->text[at] == ' ')
		at++;
	found = at + USUAL_HANG;
	for (; at + 2 < line->used && at < most; at++)
		if (line->text[at] == ' ' && line->text[at + 1] == ' ' && line->text[at + 2] != ' ')
			found = screen_width(screen, line->text, at + 2);
	return found < most ? found : USUAL_HANG;
}

void line_add(struct line *line, const struct screen *screen, struct writer *writer,
	      enum style style, const char *text, size_t size)
{
	while (size) {
		size_t room = sizeof(line->text) - line->used;
		size_t part = size < room ? size : room;
		char *to = line->text + line->used;
		struct span *last = &line->spans[line->nr_spans];

		if (!room) {
			output_line_put(line, screen, writer, 0, line->used);
			line->used = line->nr_spans = 0;
			continue;
		}
		memcpy(to, text, part);
		if (style != STYLE_PLAIN && line->nr_spans < LINE_SPANS_MAX) {
			*last = (struct span){ .start = line->used, .style = style };
			line->nr_spans++;
		} else {
			last = NULL;
		}
		line->used += printable_clean(to, part);
		if (last)
			last->end = line->used;
		text += part;
		size -= part;
	}
}

void line_put(struct line *line, const struct screen *screen, struct writer *writer)
{
	size_t hang = hang_of(line, screen), room = screen->columns;
	size_t at = 0, next;

	while (room && at < line->used) {
		const char *rest = line->text + at;
		size_t size = screen_piece(screen, rest, line->used - at, room, &next);

		if (next == line->used - at)
			break;
		output_line_put(line, screen, writer, at, size);
		writer_put_byte(writer, '\n');
		for (size_t i = 0; i < hang; i++)
			writer_put_byte(writer, ' ');
		at += next;
		room = screen->columns - hang;
	}
	output_line_put(line, screen, writer, at, line->used - at);
	line->used = line->nr_spans = 0;
}

void line_end(struct line *line, const struct screen *screen, struct writer *writer)
{
	line_put(line, screen, writer);
	writer_end_line(writer);
}
