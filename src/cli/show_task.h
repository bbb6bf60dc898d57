/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line above answers about a single task. */
#pragma once

#include "cli/command.h"
#include "linux/task/mm.h"

/* Writes the line that crash has there: pid, address of the task_struct, CPU, name. Records get nothing,
 * because each of them has the pid. */
void show_task_heading(struct session *session, const struct task *task);

/* Writes an empty line below the answers. */
void show_task_end(struct session *session);

/* Is it a thread of the kernel? It has no memory of its own, but has not ended. */
bool show_task_is_kernel(struct kernel *kernel, const struct task *task);

/* Warns that the memory or files that are shown for a task belong to `owner`: to a living thread of its
 * process, or to the process whose page table it borrowed. */
void show_task_through(struct session *session, const struct task *task, const struct task *owner,
		       bool borrowed);

/* Adds the task whose mm the process uses, unless it is the mm of the process. */
void show_mm_owner(struct output *output, const struct process *process);
