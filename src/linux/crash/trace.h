/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The function of a report and its callers, from the log. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	TRACE_FRAMES = 5,
	TRACE_NAME = 160, /* a function, with its module */
};

/* Filled line by line. Initially zeroed. */
struct trace {
	bool started; /* a report has begun */
	bool in_frames; /* lines with callers have begun */
	char function[TRACE_NAME]; /* "name" or "name [module]"; "": unknown */
	char frame[TRACE_FRAMES][TRACE_NAME]; /* callers, the nearest first */
	size_t nr_frames;
	bool has_callers; /* there are lines without "?", at least of machinery */
	/* Callers in lines with "?": addresses on the stack that may be left from earlier calls. */
	char guess[TRACE_FRAMES][TRACE_NAME];
	size_t nr_guesses;
};

/* Begins a report with this line; drops earlier results. */
void trace_start(struct trace *trace);
/* Reads a later line of the log. */
void trace_take(struct trace *trace, const char *line);

/* Reads "name.suffix+0x1a/0x40 [module]" at the start of text. False: not such a text. */
bool trace_function(const char *text, char name[TRACE_NAME]);

/* Does the function only print a report, lead to that code, or wait? */
bool trace_is_machinery(const char *function);
