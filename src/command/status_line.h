/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last line of a terminal, while there is nothing else to say. */
#pragma once

#include <stdbool.h>

struct status_line {
	bool shown;
	bool asked, terminal; /* is standard error one? A script has many commands */
};

/* Is there anybody to show it to? */
bool status_line_usable(struct status_line *line);

/* Shows it in place of what it said before. Where standard error is no
 * terminal, nothing is ever shown. */
void status_line_show(struct status_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Before anything else is written to the terminal. */
void status_line_hide(struct status_line *line);
