/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The arguments of a process, as in /proc/PID/cmdline. They are in user memory, which the process
 * may have changed. */
#pragma once

#include "linux/task/mm.h"

enum { TASK_ARGS_MAX = 4096 }; /* most bytes to read */

struct task_args {
	char text[TASK_ARGS_MAX + 1]; /* each ends with a NUL, including the last one */
	size_t size; /* bytes including the last NUL; 0: no arguments */
	bool cut; /* there are more arguments */
};

/* False with err: the process has no memory of its own, or the memory is not in the dump. */
bool task_args_read(struct kernel *kernel, const struct task *task, struct task_args *args,
		    struct error *err);

/* The argument after argument; NULL: no more. With argument NULL, the first one. */
const char *task_args_next(const struct task_args *args, const char *arg);
