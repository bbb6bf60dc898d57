/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the process that a text names with "PID:" and "Comm:". */
#pragma once

#include "linux/task/mm.h"
#include "oops/report.h"

struct kernel;
struct pid_index;

/* The result of the last look-up. Must be zeroed before the first look-up. */
struct named_process {
	const struct oops_report *report; /* for which `known` and `process` were set; NULL: none */
	bool known;
	struct process process; /* valid if known */
	struct pid_index *pids; /* owned; sorted by pid; NULL: not made yet */
	size_t nr_pids;
};

/* Finds the process of the report. Returns NULL if the report is NULL, or if the process is not in the dump. */
const struct process *named_process(struct named_process *named, struct kernel *kernel,
				    const struct oops_report *report);
void named_process_release(struct named_process *named);
