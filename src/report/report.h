/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data of a report. Each part of the data is gathered only once. */
#pragma once

#include "linux/crash/blocked.h"
#include "linux/crash/signature.h"
#include "report/changes.h"
#include "report/first_report.h"
#include "report/space_map.h"
#include "cli/command.h"

struct report {
	struct kernel *kernel; /* borrowed */
	/* The report's dump and another dump, which are compared; borrowed. NULL: no other dump. */
	const struct pair *pair;
	struct dump_survey survey; /* a survey of the dump's memory */
	bool has_panic, has_signature;
	struct error why_panic;
	struct panic panic;
	struct signature signature;
	struct space_map space;
	bool has_frames;
	struct error why_frames;
	struct frame_map frames;
	struct process_map processes;
	struct blocked blocked; /* empty if the tasks are unknown; processes contains the reason */
	struct amounts slabs, areas;
	struct findings findings;
	struct log_page log;
	struct first_report first;
	bool whole; /* false: parts may be missing, because of an interrupt or a limit of time */
};

/* Gathers the data. This cannot fail, because the report contains reasons for missing parts. pair
 * is borrowed, and may be NULL. The dumps in pair are compared later, when the report is
 * written. */
void report_make(struct report *report, struct session *session, const struct pair *pair);
void report_release(struct report *report);

/* If the output is JSON, writes the report as an answer. */
void report_answer(const struct report *report, struct session *session);
