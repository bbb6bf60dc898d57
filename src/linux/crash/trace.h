/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The function in which a report began, and its callers, without machinery. */
#pragma once

#include "oops/report.h"

enum { TRACE_FRAMES = 5 };

struct trace {
	char function[FUNCTION_NAME]; /* "name" or "name [module]"; "": unknown */
	char frame[TRACE_FRAMES][FUNCTION_NAME]; /* callers; frame[0] is the caller of function */
	size_t nr_frames;
	bool has_callers; /* the report has callers without "?", perhaps only machinery */
	/* Callers with "?": addresses on the stack that may be left from earlier calls. */
	char guess[TRACE_FRAMES][FUNCTION_NAME];
	size_t nr_guesses;
};

void trace_of_report(const struct oops_lines *lines, const struct oops_report *report,
		     struct trace *trace);
