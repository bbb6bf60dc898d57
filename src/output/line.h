/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of free text. If a line is too long for the screen, its rest is in further lines, which are
 * indented up to the line's last column. If the line has no columns, they are indented a little
 * more than the line. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/screen.h"
#include "output/style.h"
#include "output/writer.h"

enum { LINE_SPANS_MAX = 8 }; /* further spans of a line are written without style */

/* A part of a line that has a style. start and end are offsets in bytes; end is exclusive. */
struct span {
	size_t start, end;
	enum style style;
};

/* A line that is being composed. Initially, all members are zero. */
struct line {
	size_t used;
	unsigned int nr_spans;
	struct span spans[LINE_SPANS_MAX];
	/* cleaned text; a longer line is written without fitting it to the screen */
	char text[8192];
};

/* Returns true if text must be collected in a line, so that the line can be fitted to the screen.
 * If not, text goes directly to the writer. */
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
