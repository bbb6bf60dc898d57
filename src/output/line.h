/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of free text. If a line is too long for the screen, the rest continues in the next line,
 * indented like the last column or the text of the line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/screen.h"
#include "output/style.h"
#include "output/writer.h"

enum { LINE_SPANS_MAX = 8 }; /* more spans than this are written without style */

/* A part of a line with a style. start and end are offsets in bytes. */
struct span {
	size_t start, end;
	enum style style;
};

/* A line under construction; initially zeroed. */
struct line {
	size_t used;
	unsigned int nr_spans;
	struct span spans[LINE_SPANS_MAX];
	char text[8192]; /* cleaned; a line that is longer than this is not fitted */
};

/* Must text be collected in a line? Otherwise text goes directly to the writer. */
static inline bool line_needed(const struct screen *screen)
{
	return screen->columns || screen->colour;
}

/* Cleans text and appends it to the line. */
void line_add(struct line *line, const struct screen *screen, struct writer *writer,
	      enum style style, const char *text, size_t size);
/* Writes the line, without its newline. */
void line_put(struct line *line, const struct screen *screen, struct writer *writer);
/* Writes the line and a newline. */
void line_end(struct line *line, const struct screen *screen, struct writer *writer);
