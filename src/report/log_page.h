/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last page of the kernel's log, and the first report of trouble in the log. Addresses in both
 * are explained. */
#pragma once

#include "kernel/kernel.h"

enum { LOG_PAGE_LINES = 60, LOG_CAUSE_LINES = 96, LOG_LINE_NOTES = 8, LOG_TEXT = 1024 };

struct log_note {
	char word[160], text[320]; /* word: an address, as in the line; text: its meaning */
};

struct log_line {
	bool has_time, has_level;
	uint64_t ts_nsec; /* nanoseconds since boot, by the log's clock */
	uint8_t level; /* syslog level: 0 is the most serious */
	bool cut; /* text contains only the start of the record */
	char text[LOG_TEXT];
	struct log_note note[LOG_LINE_NOTES];
	size_t nr_notes;
};

struct log_page {
	bool known;
	struct error why;
	struct log_line *line; /* owned; the oldest first */
	size_t nr;
	struct log_line *cause; /* owned; from the line that began the trouble on */
	size_t nr_cause;
	uint64_t nr_records; /* number of records in the whole log */
	struct damages damages;
};

/* Cannot fail, because the page has the reasons for missing parts. cause: the start of the line
 * that began the trouble, or "" if there was no trouble. */
void log_page_make(struct log_page *page, struct kernel *kernel, const char *cause);
void log_page_release(struct log_page *page); /* page may be zeroed */
