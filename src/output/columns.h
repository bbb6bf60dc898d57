/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of a table: their widths, and lines of cells. All widths are in columns of the
 * terminal. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "output/cells.h"
#include "output/pen.h"

enum { COLUMN_GAP = 2, TABLE_COLUMNS_MAX = 32, HEADING_MAX = 64 };

struct column {
	const char *name;
	const struct cell *cell; /* the cell of the row that is being written; NULL: there is none */
	unsigned int order;
	unsigned int rank; /* rank of the field, see field.h */
	bool right; /* numbers, which are right-aligned */
	size_t usual; /* width without a screen; on a screen, the least if all columns have space */
	/* On a screen: the width of the longest value or of the heading, and the smallest width to
	 * which the column can be reduced; long values then take several lines. */
	size_t natural, least;
	size_t width; /* 0: the column is left out */
};

struct columns {
	unsigned int nr;
	struct column column[TABLE_COLUMNS_MAX];
};

/* A part of a cell, which was not written yet. */
struct column_piece {
	const char *text;
	size_t size;
	enum style style;
};

/* Writes a heading for a field's name to heading. Returns the size of the heading. */
size_t column_heading(const char *name, char heading[HEADING_MAX]);
/* Writes a line of a row: of each piece, the part that fits into its column. This part is removed
 * from the piece. room: width of the screen; 0: unlimited. plain: each byte of the text takes one
 * column. Returns true if the row needs a further line. */
bool columns_put(struct pen *pen, const struct columns *columns, struct column_piece *pieces,
		 size_t room, bool plain);
/* Writes the headings of the columns. */
void columns_put_heading(struct pen *pen, const struct columns *columns, size_t room);

/* Sets the widths so that the columns fit into a line of `room` columns. First makes wide columns
 * narrower, so that long values take several lines. If that is not enough, leaves out columns of a
 * rank below USUAL_RANK, but never the first column. Returns false if the columns do not fit even
 * then. */
bool columns_fit(struct columns *columns, size_t room);
static inline void column_leave_out(struct column *column)
{
	column->natural = column->least = column->width = 0;
}
