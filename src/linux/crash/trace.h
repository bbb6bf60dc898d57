/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The function in which a report began, and its callers, read from the log. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
	TRACE_FRAMES = 5,
	TRACE_NAME = 160, /* size of the text "name [module]" */
};

/* Filled by trace_take(), line by line. Must be zeroed before the first call. */
struct trace {
	bool started; /* trace_start() was called */
	bool in_frames; /* the lines of callers have begun */
	bool has_place; /* a place was found, although perhaps without a function */
	bool interrupted; /* the place is of the code that an NMI interrupted */
	bool in_trampoline; /* the last line of the callers was a trampoline */
	bool place_is_address; /* the last place in the log was an address without a function */
	char function[TRACE_NAME]; /* "name" or "name [module]"; "": unknown */
	char frame[TRACE_FRAMES][TRACE_NAME]; /* callers; frame[0] is the caller of function */
	size_t nr_frames;
	bool has_callers; /* the log has callers without "?", perhaps only machinery */
	/* Callers with "?" in the log: addresses on the stack that may be left from earlier
	 * calls. */
	char guess[TRACE_FRAMES][TRACE_NAME];
	size_t nr_guesses;
};

/* Forgets earlier results. The following lines may contain the place and the callers of a new
 * report. */
void trace_start(struct trace *trace);
/* Reads a line of the log. Ignores the line if trace_start() was not called. */
void trace_take(struct trace *trace, const char *line);

/* Writes the name of a function whose symbol has length bytes, without hashes, tags and ids that differ
 * between boots or builds: a path of Rust ("sample::stack::pop"), "bpf_prog_NAME", "bpf_trampoline". */
void trace_name(const char *text, size_t length, char name[TRACE_NAME]);

/* Reads "name.suffix+0x1a/0x40 [module]" at the start of text, and writes "name [module]". Returns
 * false if text has another form. */
bool trace_function(const char *text, char name[TRACE_NAME]);

/* Does the function only print a report, call such functions, or wait? */
bool trace_is_machinery(const char *function);
