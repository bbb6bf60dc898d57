/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/process.h"

/* A kernel thread has no table of its own: while it runs it uses the one of
 * active_mm. */
static void print(struct session *session, const char *argument,
		  const struct task *task)
{
	struct output *output = session->output;
	struct kernel *kernel = session->kernel;
	uint64_t root;

	output_begin(output, "tasks", argument, "ok");
	output_task(output, task);
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
	for (size_t i = 0; i < list->nr && !command_interrupted(session); i++) {
		if (argument && !task_matches(&list->task[i], &word))
			continue;
		found = true;
		print(session, argument, &list->task[i]);
	}
	if (!argument || found || command_interrupted(session))
		return;
	fail(&err, ERROR_NO_ANSWER, "no task has this pid, name or address");
	command_complain(session, argument, &err);
}

/* Of a list that is not complete only what is there can be said. */
static bool answer_some(struct session *session, bool all, struct error *err)
{
	const struct task_list *list = kernel_tasks_so_far(session->kernel);
	bool interrupted;

	if (!all || !list || err->code != ERROR_INTERRUPTED)
		return false;
	interrupted = command_put_off_interrupt(session);
	answer(session, list, NULL);
	command_resume_interrupt(session, interrupted);
	return fail(err, ERROR_INTERRUPTED,
		    "interrupted: there may be more than these %zu", list->nr);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	const struct task_list *list = session_tasks(session, err);

	if (!list)
		return answer_some(session, argc == 1, err);
	if (argc == 1)
		answer(session, list, NULL);
	for (int i = 1; i < argc && !command_interrupted(session); i++)
		answer(session, list, argv[i]);
	command_complain_of_damages(session, NULL, &list->damages);
	return true;
}

const struct command command_tasks = {
	.name = "tasks",
	.usage = "[PID|NAME|TASK|MM]...",
	.summary = "processes, threads, kernel threads and idle tasks",
	.details = "For each: pid and tgid (the pid of its process), comm, address of its\n"
		   "task_struct and mm_struct, and the physical address of its top-level page\n"
		   "table. Kernel threads have no mm; active_mm is the one they ran with when\n"
		   "the dump was taken. idle_cpu names the CPU of an idle task. Lists that\n"
		   "loop or are damaged are cut there, followed from their other end, and\n"
		   "complained of.",
	.min_args = 0,
	.max_args = -1,
	.run = run,
};
