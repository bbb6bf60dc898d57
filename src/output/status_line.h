/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress on the last line of the terminal. */
#pragma once

#include <stdbool.h>

struct status_line {
	bool shown;
	bool asked, terminal; /* cached isatty(STDERR_FILENO) */
};

/* Is standard error a terminal? */
bool status_line_usable(struct status_line *line);

/* Replaces the line. Does nothing if standard error is no terminal. */
void status_line_show(struct status_line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* To be called before anything else is written to the terminal. */
void status_line_hide(struct status_line *line);
