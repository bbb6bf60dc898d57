/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The arguments of a process, as in /proc/PID/cmdline: user memory, which the process itself may
 * have changed. */
#pragma once

#include "linux/task/mm.h"

enum { TASK_ARGS_MAX = 4096 }; /* bytes that are read */

struct task_args {
	char text[TASK_ARGS_MAX + 1]; /* each ends with a NUL, the last one always */
	size_t size; /* bytes with the last NUL; 0: there are none */
	bool cut; /* there are more */
};

/* False with err: the process has no memory of its own, or the memory is not in the dump. */
bool task_args_read(struct kernel *kernel, const struct task *task, struct task_args *args,
		    struct error *err);

/* The argument after one, NULL after the last; with NULL the first. */
const char *task_args_next(const struct task_args *args, const char *arg);
