/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is a text with a kernel's log, in any form. Its lines are read, and the reports in them. */
#include "input.h"

#include "oops/report.h"

/* How many lines the text has. */
static size_t count_lines(const uint8_t *data, size_t size)
{
	size_t nr = 1;

	for (size_t i = 0; i < size; i++)
		nr += data[i] == '\n';
	return nr;
}

static void check_line(const struct oops_line *line, size_t nr)
{
	PROMISED(strlen(line->text) == line->size);
	PROMISED(line->first && line->first <= line->last && line->last <= nr);
	PROMISED(!line->caller_kind || line->caller_kind == 'T' || line->caller_kind == 'C');
	for (const char *at = line->text; *at; at++)
		PROMISED(*at == '\t' || ((unsigned char)*at >= ' ' && *at != 0x7f));
}

static void check_report(const struct oops_reports *reports, const struct oops_report *report)
{
	PROMISED(report->kind < NR_OOPS_KINDS && oops_kinds[report->kind].name);
	PROMISED(report->first <= report->title && report->last < reports->lines.nr);
	PROMISED(report->times && report->boot < reports->nr_boots);
	for (size_t i = 0; i < report->nr_lines; i++)
		PROMISED(report->line[i] < reports->lines.nr &&
			 (!i || report->line[i] > report->line[i - 1]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oops_reports reports;
	struct error err;

	if (oops_reports_read(&reports, (const char *)data, size, NULL, &err)) {
		for (size_t i = 0; i < reports.lines.nr; i++)
			check_line(&reports.lines.line[i], count_lines(data, size));
		for (size_t i = 0; i < reports.nr; i++)
			check_report(&reports, &reports.report[i]);
		PROMISED(strlen(reports.lines.missing) < sizeof(reports.lines.missing));
	} else {
		PROMISED(*err.message);
	}
	oops_reports_release(&reports);
	return 0;
}
