/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of tables: what is usual for a field, and how they are fitted to a screen. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { COLUMN_GAP = 2, TABLE_COLUMNS_MAX = 32 };

/* Width of the longest common value. */
unsigned int column_usual_width(const char *field);

/* Columns of low importance are given up first, those of the same importance from the
 * right. KEPT ones never are. */
enum { KEPT = 9, USUAL_IMPORTANCE = 5 };
unsigned int column_importance(const char *command, const char *field);

struct fitted_column {
	size_t natural; /* columns of the longest value or the heading; 0: is left out */
	size_t least; /* the same, if long values go on in a next line */
	unsigned int importance;
	size_t width; /* of the answer; 0: given up */
};

/* Makes the columns fit into a line of room columns as well as they can: with long values
 * in several lines where needed, and if that is not enough with some columns given up. The
 * first one is kept. */
void columns_fit(struct fitted_column *columns, unsigned int nr, size_t room);
