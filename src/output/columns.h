/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the columns of a table are fitted to a screen. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { COLUMN_GAP = 2, TABLE_COLUMNS_MAX = 32 };

struct fitted_column {
	size_t natural; /* columns of the longest value or the heading; 0: is left out */
	size_t least; /* the same, if long values go on in a next line */
	unsigned int rank; /* field.h */
	size_t width; /* of the answer; 0: given up */
};

/* Makes the columns fit into a line of room columns: with long values in several lines where
 * needed, and if that is not enough without the columns of a rank below USUAL_RANK. The first
 * one is kept. False: that is not enough either. */
bool columns_fit(struct fitted_column *columns, unsigned int nr, size_t room);
