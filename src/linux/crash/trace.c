/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/trace.h"

#include <string.h>

#include "base/text.h"
#include "oops/report_parts.h"
#include "oops/function.h"

/* What was read so far. */
struct position {
	struct trace *trace;
	bool has_place; /* a place was found, although perhaps without a function */
	bool in_trampoline; /* the last caller was a trampoline */
};

/* Is the function the same as the function before a trampoline? */
static bool is_repeated(const struct position *progress, const char *function)
{
	const struct trace *trace = progress->trace;

	return progress->in_trampoline &&
	       !strcmp(trace->nr_frames ? trace->frame[trace->nr_frames - 1] : trace->function,
		       function);
}

/* The padding before a function, __pfx_foo, has no calls: "? __pfx_foo+0x10/0x10" is a pointer to foo() on
 * the stack. */
static void take_guess(struct trace *trace, const struct oops_frame *frame, const char *function)
{
	if (trace->nr_guesses < TRACE_FRAMES && !frame->in_machinery &&
	    !starts_with(function, "__pfx_"))
		strcpy(trace->guess[trace->nr_guesses++], function);
}

static void take_frame(struct position *progress, const struct oops_frame *frame)
{
	struct trace *trace = progress->trace;
	char function[FUNCTION_NAME];
	bool repeated;

	oops_symbol_function(&frame->symbol, function);
	if (!*function)
		return;
	if (frame->guessed) {
		take_guess(trace, frame, function);
		return;
	}
	trace->has_callers = true;
	repeated = is_repeated(progress, function);
	progress->in_trampoline = function_is_trampoline(function);
	if (repeated || frame->in_machinery)
		return;
	if (!*trace->function)
		strcpy(trace->function, function);
	else if (trace->nr_frames < TRACE_FRAMES &&
		 /* the first line of the trace may repeat the place of the report */
		 (trace->nr_frames || strcmp(trace->function, function) != 0))
		strcpy(trace->frame[trace->nr_frames++], function);
}

/* If the first place is after lines of callers, these were the functions of an NMI. Then the guesses
 * are from its stack, and the callers of the code that it interrupted follow. After a jump to a
 * wrong address, the caller is in lr (arm64). */
static void take_place(struct position *progress, const struct oops_lines *lines,
		       const struct oops_context *context)
{
	const char *line = lines->line[context->ip_line].text;
	struct trace *trace = progress->trace;
	char function[FUNCTION_NAME];

	if (*trace->function || !oops_part_shows_place(line + strspn(line, " \t")))
		return;
	oops_symbol_function(*context->where.name ? &context->where : &context->link, function);
	if (!rust_is_panic_machinery(function))
		strcpy(trace->function, function);
	if (context->in_trace && !progress->has_place)
		trace->nr_guesses = 0;
	progress->has_place = true;
}

void trace_of_report(const struct oops_lines *lines, const struct oops_report *report,
		     struct trace *trace)
{
	struct position progress = { .trace = trace };
	const struct oops_context *context = report->context, *end = context + report->nr_contexts;

	*trace = (struct trace){ .nr_frames = 0 };
	for (size_t i = 0; i < report->nr_frames; i++) {
		while (context < end && context->ip_line < report->frame[i].line)
			take_place(&progress, lines, context++);
		take_frame(&progress, &report->frame[i]);
	}
	while (context < end)
		take_place(&progress, lines, context++);
}
