/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last lines of the kernel's log, and the first report of trouble in the log. The addresses in
 * these lines are explained. */
#pragma once

#include "kernel/kernel.h"

enum { LOG_PAGE_LINES = 60, LOG_CAUSE_LINES = 96, LOG_LINE_NOTES = 8, LOG_TEXT = 1024 };

struct log_note {
	char word[160], text[320]; /* word: an address as it is in the line; text: its meaning */
};

struct log_line {
	bool has_time, has_level;
	uint64_t ts_nsec; /* nanoseconds since boot, as the log's clock counted them */
	uint8_t level; /* syslog level; 0 is the most serious level */
	bool cut; /* the record was too long, so text contains only its start */
	char text[LOG_TEXT];
	struct log_note note[LOG_LINE_NOTES];
	size_t nr_notes;
};

struct log_page {
	bool known;
	struct error why;
	struct log_line *line; /* owned; sorted, the oldest first */
	size_t nr;
	/* owned; the lines of the first report, beginning with the line that begins the trouble */
	struct log_line *cause;
	size_t nr_cause;
	uint64_t nr_records; /* number of all records in the log */
	struct damages damages;
};

/* Reads the log. This cannot fail, because the result contains reasons for missing parts. cause:
 * the start of the line that begins the trouble, or "" if there is no trouble. */
void log_page_make(struct log_page *page, struct kernel *kernel, const char *cause);
void log_page_release(struct log_page *page); /* all members of page may be zero */
