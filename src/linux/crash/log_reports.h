/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All reports of trouble in the log, each kind once: the first bad one is often the cause of the
 * end of the kernel. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_record;

enum { REPORT_TEXT = 512, MOST_REPORTS = 32 };

struct log_report {
	char text[REPORT_TEXT]; /* its first line, of the first one */
	char title[REPORT_TEXT]; /* the same without numbers: signature_title() */
	bool serious; /* such a report ends a kernel, which a warning does not */
	bool has_time;
	uint64_t first, last; /* nanoseconds since the boot, if has_time */
	size_t count;
};

/* Zeroed at first. */
struct log_reports {
	struct log_report *report; /* owned; as first met */
	size_t nr, room;
	size_t more; /* of further kinds, not listed */
	size_t records; /* seen so far */
	size_t last_at; /* the record that began the last report, from 1; 0: none */
	bool last_is_mce;
};

/* What the caller knows of the next record. Other lines that begin a report are recognised here. */
enum log_report_line {
	REPORT_LINE_OTHER,
	REPORT_LINE_WARNING, /* begins a warning */
	REPORT_LINE_SERIOUS, /* begins a report that ends a kernel */
	REPORT_LINE_LATE, /* the same, but only where no other line has begun it */
};

/* The next record of the kernel's own. */
void log_reports_take(struct log_reports *reports, const struct log_record *record,
		      enum log_report_line line);
void log_reports_release(struct log_reports *reports);
