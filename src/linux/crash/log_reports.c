/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/log_reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "linux/crash/title.h"
#include "linux/printk/log.h"
#include "oops/report_parts.h"

// clang-format off
/* A line that starts with one of these texts reports a problem, and that is all. The texts are from
 * mm/memory-failure.c, block/blk-core.c, fs/buffer.c and file systems. */
static const char starts[] =
	"Memory failure: |EXT4-fs error |EXT3-fs error |EXT2-fs error |BTRFS error |"
	"BTRFS critical |F2FS-fs error ";

/* A line that contains one of these texts, too. The start of the line is the name of a device or a
 * driver. The texts are from drivers/nvme/host/pci.c, drivers/ata/libata-eh.c,
 * drivers/scsi/scsi_error.c and fs/xfs. */
static const char parts[] =
	"I/O error, dev |Buffer I/O error on dev| medium error, dev | timeout, aborting|"
	": exception Emask |: Internal error |: Corruption |: metadata I/O error |"
	": rejecting I/O to offline device|: device offline error, dev ";

/* A person ended the kernel. */
static const char crashes[] = "sysrq: Trigger a crash|SysRq : Trigger a crash";
// clang-format on

bool log_lines_add(struct oops_lines *lines, const struct log_record *record)
{
	const size_t number = lines->nr ? lines->line[lines->nr - 1].last + 1 : 1;
	const struct oops_line line = {
		.first = number,
		.last = number,
		.has_time = record->has_time,
		.usec = record->ts_nsec / 1000,
		.nsec = record->ts_nsec % 1000,
		.caller_kind = !record->has_caller	       ? 0 :
			       record->caller & LOG_CALLER_CPU ? 'C' :
								 'T',
		.caller = record->caller & ~LOG_CALLER_CPU,
	};

	return oops_lines_add(lines, &line, record->text);
}

bool log_line_is_crash(const char *text)
{
	return after_any(text, crashes);
}

static bool is_problem(const char *text)
{
	return after_any_mark(text, parts) || log_line_is_crash(text) || after_any(text, starts);
}

bool log_line_is_serious(const char *line)
{
	const struct oops_title *title = oops_title_find(line);

	switch (title ? title->kind : OOPS_PANIC) {
	case OOPS_WARNING:
	case OOPS_UBSAN:
	case OOPS_RCU_STALL:
	case OOPS_OOM:
	case OOPS_SEGFAULT:
	case OOPS_PANIC: return false;
	default: return !(title->is & TITLE_ANYWHERE);
	}
}

void log_report_text(const struct oops_lines *lines, size_t line, char text[REPORT_TEXT])
{
	const struct oops_line *first = &lines->line[line];

	snprintf(text, REPORT_TEXT, "%s", first->text);
	if (after_start(text, "rust_kernel: ") && first->text[first->size - 1] == ':' &&
	    line + 1 < lines->nr && !after_start(first[1].text, "------------[ cut here"))
		text_append(text, REPORT_TEXT, " %s", first[1].text);
}

/* Counts the report of which these are the first line, the task and the cgroup. */
static void add_report(struct log_reports *reports, const struct oops_lines *lines,
		       struct log_report *new)
{
	const struct oops_line *line = &lines->line[new->line];
	size_t at = 0;

	log_report_text(lines, new->line, new->text);
	signature_title(new->text, new->title, sizeof(new->title));
	new->has_time = line->has_time;
	new->first = new->last = line->usec * 1000 + line->nsec;
	new->count = 1;
	while (at < reports->nr &&
	       (strcmp(reports->report[at].title, new->title) != 0 ||
		strcmp(reports->report[at].memory_cgroup, new->memory_cgroup) != 0))
		at++;
	if (at < reports->nr) {
		reports->report[at].last = new->last;
		reports->report[at].count++;
	} else if (reports->nr == MOST_REPORTS ||
		   !array_add(&reports->report, &reports->nr, &reports->room, new, sizeof(*new))) {
		reports->more++;
	}
}

void log_reports_take(struct log_reports *reports, const struct oops_lines *lines,
		      const struct oops_report *report)
{
	struct log_report new = {
		.line = oops_title_find(lines->line[report->first].text) ? report->first :
									   report->head,
		.serious = log_line_is_serious(lines->line[report->title].text),
		.has_cpu = report->has_cpu,
		.has_pid = report->has_pid,
		.cpu = report->cpu,
		.pid = report->pid,
	};

	strcpy(new.comm, report->comm);
	strcpy(new.memory_cgroup, report->memory_cgroup);
	add_report(reports, lines, &new);
}

static int compare_reports(const void *one, const void *other)
{
	const struct log_report *a = one, *b = other;

	return a->line < b->line ? -1 : a->line > b->line;
}

bool log_reports_complete(struct log_reports *reports, const struct oops_lines *lines,
			  struct error *err)
{
	for (size_t i = 0; i < lines->nr; i++) {
		if (oops_lines_stopped(lines, err))
			return false;
		if (is_problem(lines->line[i].text))
			add_report(reports, lines,
				   &(struct log_report){
					   .line = i,
					   .serious = log_line_is_crash(lines->line[i].text) });
	}
	if (reports->nr)
		qsort(reports->report, reports->nr, sizeof(*reports->report), compare_reports);
	return true;
}

void log_reports_release(struct log_reports *reports)
{
	free(reports->report);
	*reports = (struct log_reports){ 0 };
}
