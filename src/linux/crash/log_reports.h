/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* All reports of problems in the log, one entry for each kind of report. The first serious report
 * often shows the cause of the crash. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux/task/task.h"

struct log_record;

enum { REPORT_TEXT = 512, MOST_REPORTS = 32 };

/* The CPU and the task that a line of the log contains. */
struct log_task {
	bool has_cpu, has_pid;
	uint32_t cpu;
	int32_t pid;
	char comm[TASK_COMM_MAX]; /* "": the line does not contain the name of a task */
};

struct log_report {
	char text[REPORT_TEXT]; /* the first line of the first report of this kind */
	char title[REPORT_TEXT]; /* text without numbers, made by signature_title() */
	bool serious; /* the report can end a kernel, unlike a warning */
	bool has_time;
	uint64_t first, last; /* nanoseconds since boot; valid if has_time */
	size_t count;
	struct log_task task; /* the task in the first report of this kind */
	/* The report is of the OOM killer, and this memory cgroup has reached its limit: its path. ""
	 * in other cases. Reports of other groups are other kinds. */
	char memory_cgroup[REPORT_TEXT];
};

/* Must be zeroed before the first call of log_reports_take(). */
struct log_reports {
	struct log_report *report; /* owned; in the order of first occurrence */
	size_t nr, room;
	size_t more; /* number of reports that were not stored because the array report is full */
	size_t records; /* number of records read so far */
	/* The last record that began or continued a report, counted from 1; 0: none. */
	size_t last_at;
	bool last_is_mce;
	/* 1 + index of the OOM killer's last report, until its cgroup was found; 0: none. Without
	 * this report, the last report of the same kind was at oom_before. */
	size_t oom;
	uint64_t oom_before;
	size_t open; /* 1 + index of the report whose task was not found yet; 0: none */
};

/* What the caller of log_reports_take() has found out about a line. log_reports.c recognises the
 * reports that the caller does not recognise (REPORT_LINE_OTHER). */
enum log_report_line {
	REPORT_LINE_OTHER,
	REPORT_LINE_WARNING, /* begins a warning */
	REPORT_LINE_SERIOUS, /* begins a report that can end a kernel */
	REPORT_LINE_LATE, /* like SERIOUS, unless an earlier line has begun this report */
};

/* Returns how many lines of the log may be between the first line of a report and `text`, if `text`
 * is a later line of this report. */
unsigned int log_report_lines(const char *text);

/* Reads the next record. The caller passes only records that the kernel itself wrote. */
void log_reports_take(struct log_reports *reports, const struct log_record *record,
		      enum log_report_line line);
/* Reads the line "CPU: 0 PID: 86 Comm: init Not tainted ...", which is in every report. Returns
 * false if text is not such a line. */
bool log_task_of_line(const char *text, struct log_task *task);
void log_reports_release(struct log_reports *reports);
