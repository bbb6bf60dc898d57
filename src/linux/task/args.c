/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/args.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/view.h"
#include "kernel/kernel.h"
#include "linux/task_members.h"

bool task_args_read(struct kernel *kernel, const struct task *task, struct task_args *args,
		    struct error *err)
{
	struct process process;
	uint64_t start, end;
	size_t size;

	*args = (struct task_args){ .size = 0 };
	if (!task->mm)
		return fail(err, ERROR_NO_ANSWER, "a kernel thread has no arguments");
	if (!task_process(kernel, task, &process, err) ||
	    !kernel_read_member(kernel, task->mm, MM_ARG_START, &start, err) ||
	    !kernel_read_member(kernel, task->mm, MM_ARG_END, &end, err))
		return false;
	if (end < start || end > process.user_last)
		return fail(err, ERROR_FORMAT,
			    "the arguments of the process cannot be at %" PRIx64 " to %" PRIx64,
			    start, end);
	args->cut = end - start > TASK_ARGS_MAX;
	size = args->cut ? TASK_ARGS_MAX : (size_t)(end - start);
	if (size && !space_read(&process.user, start, args->text, size, err))
		return false;
	/* Some programs overwrite the arguments with a title that does not end with a NUL. The
	 * buffer contains a NUL after the text, so count it. */
	args->size = size && args->text[size - 1] ? size + 1 : size;
	return true;
}

const char *task_args_next(const struct task_args *args, const char *arg)
{
	const char *next = arg ? arg + strlen(arg) + 1 : args->text;

	return next < args->text + args->size ? next : NULL;
}
