/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kernel reported when the trouble began, as src/oops reads it: the verdict, the calls and the registers. */
#pragma once

#include "oops/explain.h"
#include "report/parts.h"

struct output;

struct first_report {
	bool known; /* the log has a report; all other members are valid only then */
	struct oops_reports read; /* of the lines in log->cause; read.report[0] is the report */
	struct oops_verdict verdict;
	const struct log_page *log; /* borrowed */
};

/* Reads the report in log->cause, which must exist longer than *first. */
void first_report_make(struct first_report *first, const struct log_page *log);
/* Adds an explanation to the open object. */
void log_note_json(const struct log_note *note, struct output *output);
void first_report_json(const struct first_report *first, struct output *output);
void first_report_release(struct first_report *first); /* all members may be zero */
