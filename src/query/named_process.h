/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the process that a text names by PID and Comm. */
#pragma once

#include "linux/task/mm.h"
#include "query/text_context.h"

struct kernel;
struct pid_index;

/* The result of the last search. Zeroed at first. */
struct named_process {
	/* The line of the text_process that known and process belong to, plus 1; 0: no line. */
	size_t line;
	bool known;
	struct process process; /* valid if known */
	struct pid_index *pids; /* owned; sorted by pid; NULL: not needed yet */
	size_t nr_pids;
};

/* Finds the process that the text names in said. Returns NULL if said is NULL, or if the process is
 * not in the dump. */
const struct process *named_process(struct named_process *named, struct kernel *kernel,
				    const struct text_process *said);
void named_process_release(struct named_process *named);
