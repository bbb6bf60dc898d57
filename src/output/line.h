/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of free text. A line that is too long for the screen continues in the next line, indented
 * to its last column or its text. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/screen.h"
#include "output/style.h"
#include "output/writer.h"

enum { LINE_SPANS_MAX = 8 }; /* further spans are plain */

/* A styled part of a line; in bytes. */
struct span {
	size_t start, end;
	enum style style;
};

/* A line under construction; initially zeroed. */
struct line {
	size_t used;
	unsigned int nr_spans;
	struct span spans[LINE_SPANS_MAX];
	char text[8192]; /* cleaned; a longer line is not fitted */
};

/* Must text go through a line? Otherwise it goes directly to the writer. */
static inline bool line_needed(const struct screen *screen)
{
	return screen->columns || screen->colour;
}

/* Appends text, and cleans it. */
void line_add(struct line *line, const struct screen *screen, struct writer *writer,
	      enum style style, const char *text, size_t size);
/* Writes the line, without its newline. */
void line_put(struct line *line, const struct screen *screen, struct writer *writer);
/* Writes the line and a newline. */
void line_end(struct line *line, const struct screen *screen, struct writer *writer);
