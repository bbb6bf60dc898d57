/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a line of text piece by piece. The text must be cleaned. On a screen, a line that is too
 * long is wrapped: its rest is in further lines, which are indented. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/cells.h"
#include "output/screen.h"
#include "output/writer.h"

struct pen {
	const struct screen *screen;
	struct writer *writer;
	/* If this is not NULL, the line is added to these cells, and not written: it waits for a page
	 * of the screen. */
	struct cells *waiting;
	size_t at; /* column after the text of the open line; the first column is 0 */
	unsigned int nr_lines; /* number of lines that have ended */
};

/* Returns true if a line of free text must be complete before it is written. If not, its parts can
 * be written directly. */
static inline bool line_needed(const struct screen *screen)
{
	return screen->columns || screen->colour;
}

void pen_put_coloured(struct writer *writer, enum style style, const char *text, size_t size);
/* Adds a piece to pen->waiting, after `gap` blanks. */
void pen_hold(const struct pen *pen, size_t gap, enum style style, const char *text, size_t size);

/* Writes text in a column of the screen, or after the text before it. width: number of columns that
 * the text takes. */
static inline void pen_put(struct pen *pen, size_t column, enum style style, const char *text,
			   size_t size, size_t width)
{
	size_t gap = column > pen->at ? column - pen->at : 0;

	pen->at += gap + width;
	if (pen->waiting) {
		pen_hold(pen, gap, style, text, size);
		return;
	}
	writer_put_blanks(pen->writer, gap);
	if (pen->screen->colour && style != STYLE_PLAIN)
		pen_put_coloured(pen->writer, style, text, size);
	else
		writer_put(pen->writer, text, size);
}

static inline void pen_end_line(struct pen *pen)
{
	if (!pen->waiting)
		writer_end_line(pen->writer);
	pen->at = 0;
	pen->nr_lines++;
}

/* Writes nr cells that are adjacent in text, and wraps them. indent: column of the text in the first
 * line. hang: column of the text in further lines. Does not end the last line. */
void pen_wrap(struct pen *pen, size_t indent, size_t hang, const char *text,
	      const struct cell *cells, size_t nr);
/* Returns hang for a line of free text: the start of the last column in the left half of the screen,
 * or, if the line has no columns, a little more than the indentation of the line. */
size_t free_line_hang(const struct screen *screen, const char *text, size_t size);

/* Cleans text and appends it to a line of free text, which initially is a zeroed store. */
void free_line_add(struct cells *line, enum style style, const char *text, size_t size);
/* Writes the line and empties the store. */
void free_line_end(struct cells *line, const struct screen *screen, struct writer *writer);
