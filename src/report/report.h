/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data of a report. Each part of the data is gathered only once. */
#pragma once

#include "linux/crash/blocked.h"
#include "linux/crash/panic.h"
#include "oops/explain.h"
#include "report/parts.h"
#include "report/space_map.h"
#include "cli/command.h"

struct pair;

/* What the kernel reported when the trouble began, as src/oops reads it: the verdict, the calls and the
 * registers. */
struct first_report {
	bool known; /* the log has a report; all other members are valid only then */
	struct oops_reports read; /* of the lines in log->cause; read.report[0] is the report */
	struct oops_verdict verdict;
	const struct log_page *log; /* borrowed */
};

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

/* --- parts of the answer --- */

/* Adds an explanation to the open object. */
void log_note_json(const struct log_note *note, struct output *output);
void first_report_json(const struct first_report *first, struct output *output);

enum {
	/* at most this many rows are shown for each part; further rows are only counted */
	MOST_CHANGES = 200,
	CHANGED_RUNS = 20, /* at most this many runs of frames are shown */
};

/* Adds the object "diff" to the open answer. The object contains a description of both dumps, and,
 * for each part, the rows and the summary that the command diff shows. */
void changes_json(const struct pair *pair, struct output *output);

/* --- the page --- */

/* page.html is divided into these pieces, at the places where values are inserted.
 * build-aux/embed-page divides the file. */
enum { PIECE_TITLE, PIECE_SUMMARY, PIECE_DATA, PIECE_END, NR_PIECES };
extern const char *const page_pieces[NR_PIECES];
