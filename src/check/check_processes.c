/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the page tables of all processes. */
#include <inttypes.h>

#include "check/check_pass.h"
#include "kernel/kernel.h"
#include "kernel/entry.h"
#include "linux/task/mm.h"

static void check_processes_look_at(struct pass *pass, const struct scanned *scanned,
				    const struct task *task)
{
	if (pass->rules->cache_known && !scanned->repeated)
		check_cache_of(pass, scanned, task->tgid);
	if (scanned->writable && scanned->executable && pass->space->paging->no_execute_bit)
		check_count(&pass->process_write_execute, scanned->last - scanned->first + 1,
			    "%" PRIx64 " to %" PRIx64 " of pid %d (%s)", scanned->first,
			    scanned->last, (int)task->tgid, task->comm);
}

static void check_processes_scan_process(struct pass *pass, struct user_pass *user,
					 struct half_pass *half, struct scan *scan,
					 const struct task *task)
{
	struct process process;
	struct scanned scanned;
	struct error err;
	uint64_t root;

	pass->nr_processes++;
	if (!task_root(pass->kernel, task, &root, &err) ||
	    !task_process(pass->kernel, task, &process, &err)) {
		pass->processes_complete = false;
		pass->nr_unknown++;
		check_user_no_table(user, &err);
		return;
	}
	check_half_process(half, pass->space, &process);
	scan_start(scan, &process.user, 0, process.user_last, false);
	scan->listener = pass->kernel->listener;
	check_user_process(user, &process, scan);
	while (scan_next(scan, &scanned)) {
		if (scanned.outcome == WALK_MAPPED)
			check_processes_look_at(pass, &scanned, task);
		else
			pass->processes_complete = false;
		check_user_entry(user, &scanned);
	}
	pass->processes_complete &= scan->end == SCAN_COMPLETE;
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
	const struct task *task;

	check_half_start(&half, pass);
	pass->tasks_damaged = tasks && tasks->damages.nr;
	if (!user)
		out_of_memory(&pass->no_processes);
	else if (mm_pass_start(&mms, pass->kernel, &pass->no_processes)) {
		pass->no_processes.code = ERROR_NONE;
		pass->processes_complete = !pass->tasks_damaged;
		while ((task = mm_pass_next(&mms)))
			check_processes_scan_process(pass, user, &half, scan, task);
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
