/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The use of each page frame according to struct pages and the kernel's lists, for the commands
 * frames, mem and triage and for the report. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/frame_runs.h"

/* The arguments of query_memory_runs(), which are similar to the arguments of page_runs(). parts:
 * divide uses into parts (page_use_whole()), and start a new run for each file and each block of
 * unknown use. cut: NULL, or set to true if the kernel's lists were too long, so that some uses are
 * missing, and to false if not. */
struct memory_question {
	struct frame_range frames; /* query_memory_runs() sets frames.apart */
	bool parts;
	bool (*visit)(const struct frame_run *run, void *arg);
	void *arg;
	bool *cut;
};
bool query_memory_runs(struct kernel *kernel, const struct memory_question *question,
		       struct error *err);
