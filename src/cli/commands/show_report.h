/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the reports of a text: what happened, in sentences, and as records. */
#pragma once

#include "cli/command.h"
#include "oops/explain.h"
#include "query/annotate.h"

/* The reports of a text, with a verdict for each. */
struct text_reports {
	struct oops_reports read;
	struct oops_verdict *verdict; /* owned; read.nr of them */
};

bool text_reports_read(struct text_reports *reports, const char *text, size_t size,
		       const struct listener *listener, struct error *err);
void text_reports_release(struct text_reports *reports);
/* Adds to the verdict which variable the bad register was, if the report is about this kernel; and what it points to
 * in the dump, if the report is about this boot. The annotator is one of these reports. */
void verdict_use_kernel(struct oops_verdict *verdict, const struct oops_reports *reports,
			const struct oops_report *report, struct kernel *kernel,
			struct annotator *annotator);

/* Shows the sentences of a verdict as lines of text. */
void show_verdict_text(struct output *output, const struct oops_verdict *verdict);

/* Shows one answer a report. */
bool show_reports(struct session *session, const struct text_reports *reports);
