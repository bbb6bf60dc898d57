/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All reports of trouble in the log, one entry for each kind: the first serious one is often the
 * cause of the end of the kernel. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux/task/task.h"

struct log_record;

enum { REPORT_TEXT = 512, MOST_REPORTS = 32 };

/* The CPU and the task named in a line. */
struct log_task {
	bool has_cpu, has_pid;
	uint32_t cpu;
	int32_t pid;
	char comm[TASK_COMM_MAX]; /* "": the line names no task */
};

struct log_report {
	char text[REPORT_TEXT]; /* first line of the first report of this kind */
	char title[REPORT_TEXT]; /* text without numbers: signature_title() */
	bool serious; /* a report that can end a kernel, unlike a warning */
	bool has_time;
	uint64_t first, last; /* nanoseconds since boot, valid if has_time */
	size_t count;
	struct log_task task; /* task of the first report */
};

/* Initially zeroed. */
struct log_reports {
	struct log_report *report; /* owned; in the order of first occurrence */
	size_t nr, room;
	size_t more; /* number of further kinds, not in report */
	size_t records; /* number of records read so far */
	size_t last_at; /* number of the record that began the last report, from 1; 0: none */
	bool last_is_mce;
	size_t open; /* index, plus 1, of the report whose task is not found yet; 0: none */
};

/* The kind of the next record, as known to the caller. Other lines that begin a report are
 * recognised in log_reports.c. */
enum log_report_line {
	REPORT_LINE_OTHER,
	REPORT_LINE_WARNING, /* begins a warning */
	REPORT_LINE_SERIOUS, /* begins a report that can end a kernel */
	REPORT_LINE_LATE, /* the same, but only if no other line has begun the report */
};

/* For a line that may only continue a report: most lines between the start of the report and this
 * line. */
unsigned int log_report_lines(const char *text);

/* Adds the next record of the kernel itself. */
void log_reports_take(struct log_reports *reports, const struct log_record *record,
		      enum log_report_line line);
/* Reads "CPU: 0 PID: 86 Comm: init Not tainted ...", a line of each report. False: another line. */
bool log_task_of_line(const char *text, struct log_task *task);
void log_reports_release(struct log_reports *reports);
