/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The columns of each command's answers: the fields of its records. build-aux/columns makes their table
 * of doc/kwalk-json.5. */
#pragma once

struct column_text {
	const char *command, *name;
	const char *meaning; /* "": the page describes several fields together */
};

/* Sorted by command, in the order of the page. It ends with a row without a name. */
extern const struct column_text column_texts[];

/* Returns the row after `column`, or the first one if column is NULL. After the last row of this
 * command, returns NULL. */
const struct column_text *column_next(const char *command, const struct column_text *column);
