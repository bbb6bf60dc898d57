/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/choose_process.h"
#include "show/show_task.h"

static void print_none(struct session *session)
{
	output_begin(session->output, "set", NULL, "none");
	output_string(session->output, "message",
		      "no process is chosen: set PID|NAME|TASK does");
	output_end(session->output);
}

/* The address space that a kernel thread borrows, and its owner. */
static void print_borrowed(struct output *output, const struct process *process)
{
	if (!process->borrowed)
		return;
	output_hex(output, "active_mm", process->mm);
	if (!process->has_owner)
		return;
	output_integer(output, "owner_pid", process->owner.pid);
	output_string(output, "owner_comm", process->owner.comm);
}

static void print(struct session *session, const char *argument)
{
	const struct process *process = &session->process;
	struct output *output = session->output;

	output_begin(output, "set", argument, "ok");
	if (process->has_task)
		show_task(session, &process->task);
	else
		output_hex(output, "mm", process->mm);
	output_hex(output, "root", process->space.root);
	if (process->isolated)
		output_hex(output, "user_root", process->user.root);
	print_borrowed(output, process);
	output_end(output);
}

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	struct process process;
	struct error complaint;

	(void)err;
	if (argc == 1) {
		if (session->has_process)
			print(session, NULL);
		else
			print_none(session);
		return true;
	}
	if (!parse_process(session, argv[1], &process, &complaint)) {
		session_complain(session, argv[1], &complaint);
		return true;
	}
	session->process = process;
	session->has_process = true;
	print(session, argv[1]);
	return true;
}

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
	.run = run,
};
