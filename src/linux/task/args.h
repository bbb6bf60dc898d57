/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The arguments of a process, as in /proc/PID/cmdline. They are in the user memory of the process,
 * and the process may have changed them. */
#pragma once

#include "linux/task/mm.h"

enum { TASK_ARGS_MAX = 4096 }; /* the largest number of bytes that are read */

struct task_args {
	char text[TASK_ARGS_MAX + 1]; /* each argument, including the last, ends with a NUL */
	size_t size; /* number of bytes including the last NUL; 0: no arguments */
	bool cut; /* true: the process has more bytes of arguments than were read */
};

/* Reads the arguments of a process. Returns false and sets err if the process has no user memory,
 * or if this memory is not in the dump. */
bool task_args_read(struct kernel *kernel, const struct task *task, struct task_args *args,
		    struct error *err);

/* Returns the argument after arg, or the first argument if arg is NULL. Returns NULL after the last
 * argument. */
const char *task_args_next(const struct task_args *args, const char *arg);
