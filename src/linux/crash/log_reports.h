/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* All reports of problems in the log, one entry for each kind of report. The first serious report
 * often shows the cause of the crash. */
#pragma once

#include "oops/report.h"

struct log_record;

/* Adds the lines of the next record of the dump's log. The first record has the number 1, which its lines have as
 * first and last. *lines must be zeroed before the first call. Returns false if memory runs out. */
bool log_lines_add(struct oops_lines *lines, const struct log_record *record);

enum { REPORT_TEXT = 512, MOST_REPORTS = 32 };

struct log_report {
	char text[REPORT_TEXT]; /* the first line of the first report of this kind */
	char title[REPORT_TEXT]; /* text without numbers, made by signature_title() */
	bool serious; /* the report can end a kernel, unlike a warning */
	bool has_time;
	uint64_t first, last; /* nanoseconds since boot; valid if has_time */
	size_t line; /* of text */
	size_t count;
	/* The CPU and the task of the first report of this kind. */
	bool has_cpu, has_pid;
	uint32_t cpu;
	int32_t pid;
	char comm[OOPS_COMM]; /* "": not in the report */
	/* The report is of the OOM killer, and this memory cgroup has reached its limit: its path. ""
	 * in other cases. Reports of other groups are other kinds. */
	char memory_cgroup[REPORT_TEXT];
};

/* Must be zeroed before the first call. */
struct log_reports {
	struct log_report *report; /* owned */
	size_t nr, room;
	size_t more; /* number of reports that were not stored because the array report is full */
};

/* Is it a report that can end a kernel? `line` is the first one that begins it. */
bool log_line_is_serious(const char *line);
/* Does the line say that a person ended the kernel? It belongs to no report. */
bool log_line_is_crash(const char *line);

/* Counts a report. */
void log_reports_take(struct log_reports *reports, const struct oops_lines *lines,
		      const struct oops_report *report);
/* Counts problems that one line reports, such as errors of disks, from lines that are in no report. Then sorts all by
 * their first occurrence. Fails only if lines->listener stops it. */
bool log_reports_complete(struct log_reports *reports, const struct oops_lines *lines,
			  struct error *err);
void log_reports_release(struct log_reports *reports);

/* Copies a line that begins a report, with the next one if the report of a Rust panic goes on there (1.73). */
void log_report_text(const struct oops_lines *lines, size_t line, char text[REPORT_TEXT]);
