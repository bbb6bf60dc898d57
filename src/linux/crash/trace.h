/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The function of a report and its callers, from the log. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	TRACE_FRAMES = 5,
	TRACE_NAME = 160, /* size of the text with a function and its module */
};

/* Filled line by line. Must be zeroed at first. */
struct trace {
	bool started; /* a report has begun */
	bool in_frames; /* the lines of callers have begun */
	char function[TRACE_NAME]; /* "name" or "name [module]"; "": unknown */
	char frame[TRACE_FRAMES][TRACE_NAME]; /* callers, the nearest first */
	size_t nr_frames;
	bool has_callers; /* the log has callers without "?", even if they are all machinery */
	/* Callers with "?": addresses on the stack that may be left from earlier calls. */
	char guess[TRACE_FRAMES][TRACE_NAME];
	size_t nr_guesses;
};

/* Forgets earlier results. The next line may contain the place or the callers of a report. */
void trace_start(struct trace *trace);
/* Reads a line of the log after trace_start(). */
void trace_take(struct trace *trace, const char *line);

/* Reads "name.suffix+0x1a/0x40 [module]" at the start of text, and writes "name [module]". Returns
 * false if text has another form. */
bool trace_function(const char *text, char name[TRACE_NAME]);

/* Does the function only print a report, call such functions, or wait? */
bool trace_is_machinery(const char *function);
