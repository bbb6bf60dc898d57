/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The process that a text names with its PID and Comm, in the dump. */
#pragma once

#include "linux/task/mm.h"
#include "query/text_context.h"

struct kernel;
struct pid_index;

/* Zeroed at first. */
struct named_process {
	size_t line; /* line of the text_process that known and process are about, plus 1; 0:
		      * about none */
	bool known;
	struct process process; /* valid if known */
	struct pid_index *pids; /* owned; by pid; NULL: not needed so far */
	size_t nr_pids;
};

/* NULL: the text names no process, or the process is not in the dump. */
const struct process *named_process(struct named_process *named, struct kernel *kernel,
				    const struct text_process *said);
void named_process_release(struct named_process *named);
