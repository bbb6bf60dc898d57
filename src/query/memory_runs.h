/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The uses of all frames, by struct pages and by the kernel's lists: for frames, mem, triage and
 * the report. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/frame_runs.h"

/* A question like the arguments of page_runs(). parts: uses are divided into parts
 * (page_use_whole()), and files and blocks of unknown use are separate. *cut, which may be NULL:
 * the kernel's lists exceeded their limit, and some uses are missing. */
struct memory_question {
	struct frame_range frames; /* the query sets its member apart */
	bool parts;
	bool (*visit)(const struct frame_run *run, void *arg);
	void *arg;
	bool *cut;
};
bool query_memory_runs(struct kernel *kernel, const struct memory_question *question,
		       struct error *err);
