/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/process.h"

static void print_none(struct session *session)
{
	output_begin(session->output, "set", NULL, "none");
	output_string(session->output, "message",
		      "no process is chosen: set PID|NAME|TASK does");
	output_end(session->output);
}

/* A kernel thread shows whose table it would be walked in. */
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
		output_task(output, &process->task);
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
	if (!command_parse_process(session, argv[1], &process, &complaint)) {
		command_complain(session, argv[1], &complaint);
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
	.summary = "choose the process that user addresses belong to",
	.details = "vtop and rd -u walk user addresses in its page table from then on, and -p\n"
		   "may be left out elsewhere. PID is decimal; TASK and MM are addresses of a\n"
		   "task_struct and an mm_struct. root is the physical address of the top-level\n"
		   "table; with page-table isolation user_root is that of the second one, which\n"
		   "the process runs with. A kernel thread borrows another's mm while it runs:\n"
		   "active_mm and its owner are shown. Without an argument: the one chosen.",
	.rests_on = RESTS_ON_TABLES | RESTS_ON_LAYOUT | RESTS_ON_TYPES |
		    RESTS_ON_SYMBOLS,
	.min_args = 0,
	.max_args = 1,
	.run = run,
};
