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
		       struct error *err);
void text_reports_release(struct text_reports *reports);
/* Adds to the verdicts which variables the bad registers were, if the reports are about this kernel. The annotator has
 * read line i of the reports as line i. */
void text_reports_use_kernel(struct text_reports *reports, struct kernel *kernel,
			     struct annotator *annotator);

/* Shows one answer a report. */
void show_reports(struct session *session, const struct text_reports *reports);
