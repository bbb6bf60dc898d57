/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fits the columns of a table to a screen. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { COLUMN_GAP = 2, TABLE_COLUMNS_MAX = 32 };

struct fitted_column {
	size_t natural; /* width of the longest value or heading; 0: the column is left out */
	size_t least; /* smallest width, if long values continue in the next line */
	unsigned int rank; /* rank of the field, see field.h */
	size_t width; /* result: width of the column; 0: left out */
};

/* Makes the columns fit into a line of room characters. Long values may take several lines. If that
 * is not enough, columns of a rank below USUAL_RANK are left out, but never the first column.
 * Returns false if the columns do not fit even then. */
bool columns_fit(struct fitted_column *columns, unsigned int nr, size_t room);
