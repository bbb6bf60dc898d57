/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sections of a report's page, each with its heading. */
#pragma once

#include "html/page_tools.h"
#include "html/picture.h"
#include "report/report.h"

/* All of it. */
void page_write(struct markup *markup, const struct report *report);

void page_summary(struct markup *markup, const struct report *report);
void page_end(struct markup *markup, const struct report *report);
void page_findings(struct markup *markup, const struct report *report);
void page_facts(struct markup *markup, const struct report *report);
void page_space(struct markup *markup, const struct report *report);
void page_memory(struct markup *markup, const struct report *report);
void page_processes(struct markup *markup, const struct report *report);
void page_amounts(struct markup *markup, const struct report *report);
void page_log(struct markup *markup, const struct report *report);
void page_changes(struct markup *markup, const struct report *report);
void page_unknown(struct markup *markup, const struct report *report);
