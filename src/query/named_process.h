/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The process in the dump that a text names by PID and Comm. */
#pragma once

#include "linux/task/mm.h"
#include "query/text_context.h"

struct kernel;
struct pid_index;

/* Initially zeroed. */
struct named_process {
	/* Known and process belong to the text_process of this line, plus 1; 0: to none. */
	size_t line;
	bool known;
	struct process process; /* valid if known */
	struct pid_index *pids; /* owned; sorted by pid; NULL: not needed yet */
	size_t nr_pids;
};

/* NULL: the text names no process, or the process is not in the dump. */
const struct process *named_process(struct named_process *named, struct kernel *kernel,
				    const struct text_process *said);
void named_process_release(struct named_process *named);
