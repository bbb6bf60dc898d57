/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_task.h"

void show_task(struct session *session, const struct task *task)
{
	struct output *output = session->output;

	output_integer(output, "pid", task->pid);
	output_integer(output, "tgid", task->tgid);
	output_string(output, "comm", task->comm);
	output_hex(output, "task", task->address);
	if (task->mm)
		output_hex(output, "mm", task->mm);
	else
		output_no_hex(output, "mm");
}
