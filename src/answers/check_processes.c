/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The user halves of all processes. */
#include <inttypes.h>

#include "answers/check_pass.h"
#include "kernel/entry.h"
#include "tasks/mm.h"

static void look_at(struct pass *pass, const struct scanned *scanned,
		    const struct task *task)
{
	if (pass->rules->cache_known && !scanned->repeated)
		check_cache_of(pass, scanned, task->tgid);
	if (scanned->writable && scanned->executable)
		check_count(&pass->process_write_execute,
			    scanned->last - scanned->first + 1,
			    "%" PRIx64 " to %" PRIx64 " of pid %d (%s)",
			    scanned->first, scanned->last, (int)task->tgid,
			    task->comm);
}

static void scan_process(struct pass *pass, struct scan *scan,
			 const struct task *task)
{
	struct process process;
	struct scanned scanned;

	if (!kernel_process(pass->kernel, task, &process, NULL))
		return;
	scan_start(scan, &process.user, 0, process.user_last, false);
	scan->listener = pass->kernel->listener;
	while (scan_next(scan, &scanned))
		if (scanned.outcome == WALK_MAPPED)
			look_at(pass, &scanned, task);
	pass->complete &= scan->end == SCAN_COMPLETE;
	pass->nr_processes++;
}

static void tell_rights(const struct pass *pass)
{
	const char *check = "user-rights";

	if (!pass->space->paging->no_execute_bit)
		return; /* write-execute says so */
	if (pass->process_write_execute.nr)
		check_tell(pass->checker, check, CHECK_WARNING,
			   "%" PRIu64
			   " bytes of processes can be written and run, the first are %s",
			   pass->process_write_execute.bytes,
			   pass->process_write_execute.first);
	else if (pass->nr_processes)
		check_tell_none(pass, check,
				"nothing of %zu processes can be both written and run",
				pass->nr_processes);
}

void check_processes(struct pass *pass, struct scan *scan)
{
	struct mm_pass mms;
	const struct task *task;

	if (mm_pass_start(&mms, pass->kernel, NULL)) {
		while ((task = mm_pass_next(&mms)))
			scan_process(pass, scan, task);
		mm_pass_release(&mms);
	}
	tell_rights(pass);
}
