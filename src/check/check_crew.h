/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the page tables of processes with several threads. */
#pragma once

#include "check/check_pass.h"

struct half_pass;
struct process_piece;
struct user_pass;

/* A process whose tables are checked. */
struct check_job {
	const struct task *task; /* borrowed from the kernel */
	bool known; /* the following members are known */
	uint64_t root; /* physical address of the top-level table */
	struct space user; /* see struct process */
	uint64_t user_last;
};

struct check_jobs {
	struct pass *pass;
	struct user_pass *user;
	struct half_pass *half;
	struct scan *scan;
	struct check_job *job; /* owned by the caller */
	size_t nr, room;
	/* Checks a process. piece: the data that a thread collected, or NULL. */
	void (*check)(const struct check_jobs *jobs, const struct check_job *job,
		      struct process_piece *piece);
};

/* Calls jobs->check in the caller's thread, for the first jobs in their order. Returns the number of
 * these jobs. It is smaller than jobs->nr if the user stops the work, or if threads do not help. */
size_t check_crew_run(const struct check_jobs *jobs);

/* Returns true if the thread collected all data of the process, and no other process uses one of the
 * process's tables. piece may be NULL. */
bool check_crew_is_complete(const struct user_pass *user, const struct process_piece *piece);
/* Checks a process for which check_crew_is_complete() returned true. */
void check_crew_add(struct user_pass *user, struct process_piece *piece);
