/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_task.h"

#include <inttypes.h>
#include <stdio.h>

#include "linux/task/task_info.h"

void show_task_heading(struct session *session, const struct task *task)
{
	char number[16] = "-";
	uint32_t cpu;

	if (task_cpu(session->kernel, task, &cpu))
		snprintf(number, sizeof(number), "%" PRIu32, cpu);
	output_textf(session->output,
		     "PID: %-7" PRId32 "  TASK: %0*" PRIx64 "  CPU: %-3s  COMMAND: \"%s\"\n",
		     task->pid, (int)output_address_width(session->output), task->address, number,
		     task->comm);
}

void show_task_end(struct session *session)
{
	output_text(session->output, "\n");
}

bool show_task_is_kernel(struct kernel *kernel, const struct task *task)
{
	return !task->mm && task_state(kernel, task->address) != 'Z';
}

void show_task_through(struct session *session, const struct task *task, const struct task *owner,
		       bool borrowed)
{
	listener_warn(
		session->kernel->listener, "pid %" PRId32 " (%s) has %s %" PRId32 " (%s)",
		task->pid, task->comm,
		borrowed ?
			"no user memory, but a borrowed page table: what it maps belongs to pid" :
			"ended, but its process lives: what is shown belongs to its thread",
		owner->pid, owner->comm);
}

void show_mm_owner(struct output *output, const struct process *process)
{
	if (!process->has_owner)
		return;
	output_integer(output, "owner_pid", process->owner.pid);
	output_string(output, "owner_comm", process->owner.comm);
}
