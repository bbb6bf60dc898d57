/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the page tables of all processes. */
#include <inttypes.h>

#include <stdlib.h>

#include "check/check_crew.h"
#include "check/check_user.h"
#include "base/array.h"
#include "kernel/kernel.h"
#include "kernel/entry.h"
#include "linux/task/mm.h"

/* Scans the tables of a process, and examines each entry. Returns false if the scan ended early. */
static bool check_processes_scan_process(const struct check_jobs *jobs,
					 const struct process *process)
{
	struct pass *pass = jobs->pass;
	struct scan *scan = jobs->scan;
	struct scanned scanned;

	scan_start(scan, &process->user, 0, process->user_last, false);
	scan->listener = pass->kernel->listener;
	check_user_scan(jobs->user, scan);
	while (scan_next(scan, &scanned))
		check_entry(jobs->user, &scanned);
	pass->processes_complete &= scan->end == SCAN_COMPLETE;
	return scan->end == SCAN_COMPLETE;
}

static void check_processes_of(const struct check_jobs *jobs, const struct check_job *job,
			       struct process_piece *piece)
{
	struct pass *pass = jobs->pass;
	struct process process;
	struct error err;
	uint64_t root;

	pass->nr_processes++;
	if (!task_root(pass->kernel, job->task, &root, &err) ||
	    !task_process(pass->kernel, job->task, &process, &err)) {
		pass->processes_complete = false;
		pass->nr_unknown++;
		check_user_no_table(jobs->user, &err);
		return;
	}
	check_half_process(jobs->half, pass->space, &process);
	check_user_process(jobs->user, &process);
	if (check_crew_is_complete(jobs->user, piece))
		check_crew_add(jobs->user, piece);
	else if (!check_processes_scan_process(jobs, &process))
		return;
	check_user_counts_end(jobs->user);
}

/* Adds a job for each process. Returns false if memory runs out. */
static bool check_processes_find(struct check_jobs *jobs, struct mm_pass *mms)
{
	const struct task *task;

	while ((task = mm_pass_next(mms))) {
		struct check_job job = { .task = task };
		struct process process;

		job.known = task_mm_root(jobs->pass->kernel, task->mm, &job.root, NULL) &&
			    !(job.root & 31) &&
			    task_process(jobs->pass->kernel, task, &process, NULL);
		if (job.known) {
			job.root = process.space.root;
			job.user = process.user;
			job.user_last = process.user_last;
		}
		if (!array_add(&jobs->job, &jobs->nr, &jobs->room, &job, sizeof(job)))
			return false;
	}
	return !mms->missed;
}

static void check_processes_all(struct check_jobs *jobs, struct mm_pass *mms)
{
	struct pass *pass = jobs->pass;

	pass->processes_complete &= check_processes_find(jobs, mms);
	for (size_t i = check_crew_run(jobs); i < jobs->nr && !kernel_stopped(pass->kernel); i++)
		check_processes_of(jobs, &jobs->job[i], NULL);
	pass->processes_complete &= !kernel_stopped(pass->kernel);
	free(jobs->job);
}

static void check_processes_tell_rights(const struct pass *pass)
{
	enum check check = CHECK_OF_USER_RIGHTS;

	if (!pass->space->paging->no_execute_bit)
		check_tell(pass->checker, check, CHECK_INAPPLICABLE,
			   "this paging mode cannot forbid execution");
	else if (pass->no_processes.code)
		check_tell(pass->checker, check, CHECK_NOT_CHECKED, "%s",
			   pass->no_processes.message);
	else if (pass->process_write_execute.nr)
		check_tell(pass->checker, check, CHECK_WARNING,
			   "%" PRIu64
			   " bytes of processes are writable and executable, the first are %s",
			   pass->process_write_execute.bytes, pass->process_write_execute.first);
	else
		check_tell_none(pass, check, pass->processes_complete,
				"no page of %zu process%s is both writable and executable",
				pass->nr_processes, pass->nr_processes == 1 ? "" : "es");
}

void check_processes(struct pass *pass, struct scan *scan)
{
	struct user_pass *user = check_user_start(pass);
	const struct task_list *tasks = task_all(pass->kernel, NULL);
	struct half_pass half;
	struct mm_pass mms;
	struct check_jobs jobs = {
		.pass = pass,
		.user = user,
		.half = &half,
		.scan = scan,
		.check = check_processes_of,
	};

	check_half_start(&half, pass);
	pass->tasks_damaged = tasks && tasks->damages.nr;
	if (!user)
		out_of_memory(&pass->no_processes);
	else if (mm_pass_start(&mms, pass->kernel, &pass->no_processes)) {
		pass->no_processes.code = ERROR_NONE;
		pass->processes_complete = !pass->tasks_damaged;
		check_processes_all(&jobs, &mms);
		mm_pass_release(&mms);
		check_looked(pass->checker, "tables of %zu of %s%zu processes",
			     pass->nr_processes - pass->nr_unknown,
			     pass->tasks_damaged ? "at least " : "", pass->nr_processes);
	}
	if (user)
		check_user_end(user);
	check_half_tell(&half, pass);
	check_processes_tell_rights(pass);
}
