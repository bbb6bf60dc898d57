/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "linux/crash/log_reports.h"

#include <stdio.h>
#include <stdlib.h>

#include "linux/crash/title.h"
#include "base/array.h"
#include "base/text.h"
#include "linux/printk/log.h"

/* Lines that begin a report which does not end a kernel: kernel/rcu/tree_stall.h,
 * mm/memory-failure.c. */
static const char *const starts[] = {
	"rcu: INFO: rcu_",
	"INFO: rcu_",
	"Memory failure: ",
};

/* Lines of reports that begin with the name of a task: arch/x86/mm/fault.c, mm/oom_kill.c,
 * mm/page_alloc.c. */
static const char *const parts[] = {
	": Corrupted page table at address ",
	" invoked oom-killer: ",
	": page allocation failure: ",
};

/* A machine check has several lines that begin alike. */
static const char mce[] = "mce: [Hardware Error]: ";
enum { REPORT_LINES = 8 };

static bool begins_other(const char *text)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strstr(text, parts[i]))
			return true;
	return after_any(text, starts, sizeof(starts) / sizeof(*starts));
}

static struct log_report *log_reports_find(struct log_reports *reports, const char *title)
{
	for (size_t i = 0; i < reports->nr; i++)
		if (!strcmp(reports->report[i].title, title))
			return &reports->report[i];
	return NULL;
}

void log_reports_take(struct log_reports *reports, const struct log_record *record,
		      enum log_report_line line)
{
	bool is_mce = starts_with(record->text, mce), goes_on;
	struct log_report new = { .count = 0 }, *report;

	reports->records++;
	if (line == REPORT_LINE_OTHER && !begins_other(record->text))
		return;
	goes_on = (line == REPORT_LINE_LATE || (is_mce && reports->last_is_mce)) &&
		  reports->last_at && reports->records - reports->last_at <= REPORT_LINES;
	reports->last_at = reports->records;
	reports->last_is_mce = is_mce;
	if (goes_on)
		return;
	snprintf(new.text, sizeof(new.text), "%.*s", (int)strcspn(record->text, "\n"),
		 record->text);
	signature_title(new.text, new.title, sizeof(new.title));
	new.serious = line == REPORT_LINE_SERIOUS || line == REPORT_LINE_LATE;
	new.has_time = record->has_time;
	new.first = record->ts_nsec;
	report = log_reports_find(reports, new.title);
	if (!report &&
	    (reports->nr == MOST_REPORTS ||
	     !array_add(&reports->report, &reports->nr, &reports->room, &new, sizeof(new)))) {
		reports->more++;
		return;
	}
	if (!report)
		report = &reports->report[reports->nr - 1];
	report->last = record->ts_nsec;
	report->count++;
}

void log_reports_release(struct log_reports *reports)
{
	free(reports->report);
	*reports = (struct log_reports){ 0 };
}
