/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The place of a report, by the log: the function and its callers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	TRACE_FRAMES = 5,
	TRACE_NAME = 160, /* a function, with its module */
};

/* Filled line by line. Zeroed, it waits for a report. */
struct trace {
	bool started; /* a report has begun */
	bool in_frames; /* and its lines name callers */
	char function[TRACE_NAME]; /* "name" or "name [module]"; "": unknown */
	char frame[TRACE_FRAMES][TRACE_NAME]; /* its callers, nearest first */
	size_t nr_frames;
	bool has_callers; /* there are lines without "?", if only of machinery */
	/* The same for lines with "?": addresses found on the stack, which may be left from
	 * earlier calls. */
	char guess[TRACE_FRAMES][TRACE_NAME];
	size_t nr_guesses;
};

/* A report begins with this line; what was found so far is forgotten. */
void trace_start(struct trace *trace);
/* A later line of the log. */
void trace_take(struct trace *trace, const char *line);

/* The function of "name.suffix+0x1a/0x40 [module]", at its start; false: it is none. */
bool trace_function(const char *text, char name[TRACE_NAME]);

/* It only prints a report, leads there, or waits. */
bool trace_is_machinery(const char *function);
