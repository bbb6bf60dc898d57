/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/choose_process.h"
#include "session/interrupt.h"
#include "show/show_task.h"

static void print(struct session *session, const char *argument,
		  const struct task *task)
{
	struct output *output = session->output;
	struct kernel *kernel = session->kernel;
	uint64_t root;

	output_begin(output, "tasks", argument, "ok");
	show_task(session, task);
	if (task->mm && kernel_mm_root(kernel, task->mm, &root, NULL))
		output_hex(output, "root", root);
	else
		output_no_hex(output, "root");
	if (!task->mm && task->active_mm)
		output_hex(output, "active_mm", task->active_mm);
	else
		output_no_hex(output, "active_mm");
	if (task->idle_cpu >= 0)
		output_integer(output, "idle_cpu", task->idle_cpu);
	else
		output_no_count(output, "idle_cpu");
	output_end(output);
}

static void answer(struct session *session, const struct task_list *list,
		   const char *argument)
{
	struct task_word word;
	bool found = false;
	struct error err;

	if (argument)
		word = task_word(argument);
	for (size_t i = 0; i < list->nr && !session_interrupted(session); i++) {
		if (argument && !task_match(&list->task[i], &word))
			continue;
		found = true;
		print(session, argument, &list->task[i]);
	}
	if (!argument || found || session_interrupted(session))
		return;
	fail(&err, ERROR_NO_ANSWER, "no task has this pid, name or address");
	session_complain(session, argument, &err);
}

/* After Ctrl-C all tasks found so far are shown; single ones are not searched. */
static bool answer_some(struct session *session, bool all, struct error *err)
{
	const struct task_list *list = kernel_tasks_so_far(session->kernel);
	bool interrupted;

	if (!all || !list || err->code != ERROR_INTERRUPTED)
		return false;
	interrupted = interrupt_put_off();
	answer(session, list, NULL);
	interrupt_resume(interrupted);
	return fail(err, ERROR_INTERRUPTED,
		    "interrupted: there may be more tasks than these %zu", list->nr);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	const struct task_list *list = session_tasks(session, err);

	if (!list)
		return answer_some(session, argc == 1, err);
	if (argc == 1)
		answer(session, list, NULL);
	for (int i = 1; i < argc && !session_interrupted(session); i++)
		answer(session, list, argv[i]);
	session_complain_of_damages(session, NULL, &list->damages);
	return true;
}

const struct command command_tasks = {
	.name = "tasks",
	.usage = "[PID|NAME|TASK|MM]...",
	.summary = "processes, threads, kernel threads and idle tasks",
	.details = "For each task: pid, tgid (the pid of its process), comm, the addresses of its\n"
		   "task_struct and mm_struct, and the physical address of its top-level page\n"
		   "table (root). Kernel threads have no mm; active_mm is the one they borrowed\n"
		   "when the dump was taken. idle_cpu is the CPU of an idle task. Where a list\n"
		   "is damaged or loops, it is also followed from its other end, and the damage\n"
		   "is reported.",
	.rests_on = RESTS_ON_WALKS,
	.max_args = -1,
	.run = run,
};
