/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits the columns of a table to a screen. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* NOTE_INDENT: the indentation of lines below a row */
enum { COLUMN_GAP = 2, TABLE_COLUMNS_MAX = 32, NOTE_INDENT = 2 };

struct fitted_column {
	/* width of the longest value or of the heading; 0: the column is left out */
	size_t natural;
	/* smallest width to which the column can be reduced; long values then take several lines */
	size_t least;
	unsigned int rank; /* rank of the field, see field.h */
	size_t width; /* result: the width of the column; 0: the column is left out */
};

/* Makes the columns fit into a line of `room` characters. First makes wide columns narrower, so
 * that long values take several lines. If that is not enough, leaves out columns of a rank below
 * USUAL_RANK, but never the first column. Returns false if the columns do not fit even then. */
bool columns_fit(struct fitted_column *columns, unsigned int nr, size_t room);
