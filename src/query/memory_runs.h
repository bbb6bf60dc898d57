/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The uses of all page frames, according to struct pages and the kernel's lists: for the commands
 * frames, mem, triage and the report. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/frame_runs.h"

/* The arguments of query_memory_runs(), similar to the arguments of page_runs(). parts: divide uses
 * into parts (page_use_whole()), and visit files and blocks of unknown use separately. *cut (cut
 * may be NULL) is set to true if the kernel's lists exceeded their limits, and some uses are
 * missing. */
struct memory_question {
	struct frame_range frames; /* the query sets frames.apart */
	bool parts;
	bool (*visit)(const struct frame_run *run, void *arg);
	void *arg;
	bool *cut;
};
bool query_memory_runs(struct kernel *kernel, const struct memory_question *question,
		       struct error *err);
