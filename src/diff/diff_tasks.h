/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Tasks of two dumps. */
#pragma once

#include "diff/pair.h"
#include "tasks/task_info.h"

/* A task, or in dumps of two boots all tasks of a name. */
struct task_diff {
	enum diff_status status; /* never DIFF_MOVED */
	/* Of dumps of one boot; NULL: not in the dump's list. Borrowed. */
	const struct task *task[NR_SIDES];
	struct task_info info[NR_SIDES]; /* where there is a task */
	bool same_mm; /* if both have the task: it has not got another one by exec */
	/* Of dumps of two boots: */
	const char *comm; /* NULL: of one boot */
	uint64_t nr[NR_SIDES];  /* tasks of that name */
	/* Of both: bytes in memory, of processes alone, not of their further threads. */
	bool has_rss[NR_SIDES];
	uint64_t rss[NR_SIDES];
};

/* By pid, or by comm in dumps of two boots, until visit returns false. In dumps of one boot
 * a task is the same if its pid and its start time are. False with err: the tasks of a dump
 * are not known. A task that a damaged list lacks is DIFF_UNKNOWN. */
bool diff_tasks(const struct pair *pair,
		bool (*visit)(const struct task_diff *diff, void *arg),
		void *arg, struct diff_counts *counts, struct error *err);
