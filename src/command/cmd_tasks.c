/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tasks, and set, which chooses one. */
#include "session/command.h"
#include "session/interrupt.h"

static void output_task(struct output *output, const struct task *task)
{
	output_integer(output, "pid", task->pid);
	output_integer(output, "tgid", task->tgid);
	output_string(output, "comm", task->comm);
	output_hex(output, "task", task->address);
	output_hex_if(output, "mm", task->mm, task->mm);
}

static void print(struct session *session, const char *argument,
		  const struct task *task)
{
	struct output *output = session->output;
	uint64_t root = 0;
	bool has_root = task->mm &&
			kernel_mm_root(session->kernel, task->mm, &root, NULL);

	output_begin(output, "tasks", argument, "ok");
	output_task(output, task);
	output_hex_if(output, "root", has_root, root);
	output_hex_if(output, "active_mm", !task->mm && task->active_mm,
		      task->active_mm);
	output_count_if(output, "idle_cpu", task->idle_cpu >= 0,
			(uint64_t)task->idle_cpu);
	output_end(output);
}

/* argument is NULL for all tasks. */
static void answer(struct session *session, const struct task_list *list,
		   const char *argument)
{
	struct task_word word = task_word(argument ? argument : "");
	bool found = !argument;
	struct error err;

	for (size_t i = 0; i < list->nr && !session_interrupted(session); i++) {
		if (argument && !task_match(&list->task[i], &word))
			continue;
		found = true;
		print(session, argument, &list->task[i]);
	}
	if (found || session_interrupted(session))
		return;
	fail(&err, ERROR_NO_ANSWER, "no task has this pid, name or address");
	session_complain(session, argument, &err);
}

/* After Ctrl-C all tasks found so far are shown; single ones are not searched. */
static bool list_some(struct session *session, struct error *err)
{
	const struct task_list *some = kernel_tasks_so_far(session->kernel);
	bool interrupted;

	if (!some || err->code != ERROR_INTERRUPTED)
		return false;
	interrupted = interrupt_put_off();
	answer(session, some, NULL);
	interrupt_resume(interrupted);
	return fail(err, ERROR_INTERRUPTED,
		    "interrupted: there may be more tasks than these %zu",
		    some->nr);
}

static bool run_tasks(struct session *session, char **words, struct error *err)
{
	const struct task_list *tasks = kernel_tasks(session->kernel, err);

	if (!tasks)
		return !*words && list_some(session, err);
	if (!*words)
		answer(session, tasks, NULL);
	for (; *words && !session_interrupted(session); words++)
		answer(session, tasks, *words);
	session_complain_of_damages(session, &tasks->damages);
	return true;
}

/* --- set --- */

/* With the address space that a kernel thread borrows, and its owner. */
static void print_process(struct output *output, const struct process *process,
			  const char *argument)
{
	output_begin(output, "set", argument, "ok");
	if (process->has_task)
		output_task(output, &process->task);
	else
		output_hex(output, "mm", process->mm);
	output_hex(output, "root", process->space.root);
	if (process->isolated)
		output_hex(output, "user_root", process->user.root);
	if (process->borrowed)
		output_hex(output, "active_mm", process->mm);
	if (process->borrowed && process->has_owner) {
		output_integer(output, "owner_pid", process->owner.pid);
		output_string(output, "owner_comm", process->owner.comm);
	}
	output_end(output);
}

static bool run_set(struct session *session, char **words, struct error *err)
{
	struct process process;
	struct error complaint;

	(void)err;
	if (*words && !parse_process(session, *words, &process, &complaint)) {
		session_complain(session, *words, &complaint);
		return true;
	}
	if (*words) {
		session->process = process;
		session->has_process = true;
	}
	if (session->has_process) {
		print_process(session->output, &session->process, *words);
		return true;
	}
	output_begin(session->output, "set", NULL, "none");
	output_string(session->output, "message",
		      "no process is chosen: choose one with set PID|NAME|TASK|MM");
	output_end(session->output);
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
	.run = run_tasks,
};

const struct command command_set = {
	.name = "set",
	.usage = "[PID|NAME|TASK|MM]",
	.summary = "choose the process for user addresses",
	.details = "From then on vtop and rd -u translate user addresses by the page table of this\n"
		   "process, and other commands need no -p. PID is decimal; TASK and MM are the\n"
		   "addresses of a task_struct and an mm_struct. \"root\" is the physical address\n"
		   "of the top-level page table; with page-table isolation \"user_root\" is that\n"
		   "of the table for user mode. A kernel thread borrows an mm while it runs:\n"
		   "\"active_mm\" and its owner are shown. Without an argument: shows the choice.",
	.rests_on = RESTS_ON_WALKS,
	.max_args = 1,
	.run = run_set,
};
