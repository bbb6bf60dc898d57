/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All reports of trouble in the log, one entry for each kind of report. The first serious report is
 * often the cause of the kernel's end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux/task/task.h"

struct log_record;

enum { REPORT_TEXT = 512, MOST_REPORTS = 32 };

/* The CPU and the task that a line names. */
struct log_task {
	bool has_cpu, has_pid;
	uint32_t cpu;
	int32_t pid;
	char comm[TASK_COMM_MAX]; /* "": the line does not name a task */
};

struct log_report {
	char text[REPORT_TEXT]; /* first line of the first report of this kind */
	char title[REPORT_TEXT]; /* text without numbers, made by signature_title() */
	bool serious; /* the report can end a kernel, unlike a warning */
	bool has_time;
	uint64_t first, last; /* nanoseconds since boot; valid if has_time */
	size_t count;
	struct log_task task; /* the task in the first report of this kind */
};

/* Must be zeroed at first. */
struct log_reports {
	struct log_report *report; /* owned; in the order of first occurrence */
	size_t nr, room;
	size_t more; /* number of reports whose kind is not in report */
	size_t records; /* number of records read so far */
	size_t last_at; /* number (from 1) of the record that began the last report; 0: none */
	bool last_is_mce;
	size_t open; /* 1 + index of the report whose task is still unknown; 0: none */
};

/* What the caller knows about a line. Other lines that begin a report are recognised in
 * log_reports.c. */
enum log_report_line {
	REPORT_LINE_OTHER,
	REPORT_LINE_WARNING, /* begins a warning */
	REPORT_LINE_SERIOUS, /* begins a report that can end a kernel */
	REPORT_LINE_LATE, /* begins such a report, unless an earlier line has begun it */
};

/* Returns the highest number of lines between the start of a report and text, if text is a line
 * that may belong to this report. */
unsigned int log_report_lines(const char *text);

/* Reads the next record. The caller passes only records that the kernel itself wrote. */
void log_reports_take(struct log_reports *reports, const struct log_record *record,
		      enum log_report_line line);
/* Reads a line that is in each report: "CPU: 0 PID: 86 Comm: init Not tainted ...". Returns false
 * if text is another line. */
bool log_task_of_line(const char *text, struct log_task *task);
void log_reports_release(struct log_reports *reports);
