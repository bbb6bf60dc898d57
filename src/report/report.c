/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report.h"

#include <stdio.h>

static void report_find_end(struct report *report)
{
	struct kernel *kernel = report->kernel;

	report->has_panic = panic_read(kernel, &report->panic, &report->why_panic);
	report->has_signature =
		report->has_panic && signature_of(kernel, &report->panic, &report->signature);
}

static void report_find_frames(struct report *report)
{
	report->has_frames = frame_map_make(&report->frames, report->kernel, &report->slabs,
					    &report->why_frames);
}

static void find_survey(struct report *report)
{
	dump_survey(report->kernel->dump, &report->survey);
}

static void find_findings(struct report *report)
{
	findings_make(&report->findings, report->kernel);
}

static void report_find_space(struct report *report)
{
	space_map_make(&report->space, report->kernel);
}

static void find_processes(struct report *report)
{
	process_map_make(&report->processes, report->kernel, true);
	blocked_find(report->kernel, &report->blocked);
}

static void find_amounts(struct report *report)
{
	amounts_of_slabs(&report->slabs, report->kernel);
	amounts_of_areas(&report->areas, report->kernel);
}

static void find_log(struct report *report)
{
	const struct log_report *cause = report->has_panic ? panic_cause(&report->panic) : NULL;
	char text[PANIC_TEXT + sizeof(panic_line)] = "";

	if (cause)
		snprintf(text, sizeof(text), "%s", cause->text);
	else if (report->has_panic && *report->panic.message)
		snprintf(text, sizeof(text), "%s%s", panic_line, report->panic.message);
	log_page_make(&report->log, report->kernel, text);
	first_report_make(&report->first, &report->log);
}

/* Facts are not gathered here, but when the report is written, because the parts that are gathered
 * here may find reasons to doubt a fact. The map of frames needs the largest slab caches, so it is
 * made after the amounts. */
void report_make(struct report *report, struct session *session, const struct pair *pair)
{
	void (*const parts[])(struct report * report) = {
		find_survey,  report_find_end,	  find_findings,  report_find_space,
		find_amounts, report_find_frames, find_processes, find_log,
	};
	const size_t nr = sizeof(parts) / sizeof(parts[0]);

	*report = (struct report){ .kernel = session->kernel, .pair = pair };
	for (size_t i = 0; i < nr && !session_interrupted(session); i++) {
		parts[i](report);
		session_progress(session, i + 1, nr);
	}
	report->whole = !session_interrupted(session);
}

void report_release(struct report *report)
{
	panic_release(&report->panic);
	frame_map_release(&report->frames);
	process_map_release(&report->processes);
	blocked_release(&report->blocked);
	findings_release(&report->findings);
	first_report_release(&report->first);
	log_page_release(&report->log);
}
