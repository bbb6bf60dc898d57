/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/usual_process.h"

#include "cli/arguments.h"
#include "cli/tables.h"
#include "linux/crash/panic.h"
#include "linux/crash/panic_cpus.h"

static bool find_panicked(struct session *session, struct process *process)
{
	struct panic panic;
	const struct cpu_run *run =
		panic_read(session->kernel, &panic, NULL) ? panic_run(&panic) : NULL;
	const struct task_list *list = run && run->task ? task_all(session->kernel, NULL) : NULL;
	const struct task *task = list ? task_of_address(list, run->task) : NULL;
	bool found = task && task_process(session->kernel, task, process, NULL);

	panic_release(&panic);
	return found;
}

bool usual_process(struct session *session, const char *word, struct process *process,
		   struct error *err)
{
	if (word && session->chosen.table.given)
		return fail(err, ERROR_USAGE, "%.60s: a process is already chosen by an option",
			    word);
	if (word)
		return parse_process(session, word, process, err);
	if (session->chosen.table.given || session->chosen.has_process) {
		*process = session->chosen.table.given ? session->chosen.table.process :
							 session->chosen.process;
		return true;
	}
	return find_panicked(session, process) ||
	       fail(err, ERROR_USAGE, NO_PROCESS "name one (%s PROCESS), or " SET_CHOOSES,
		    session->command->name);
}
