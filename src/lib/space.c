/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Handles of address spaces, and the reading of virtual memory. */
#include <inttypes.h>
#include <stdlib.h>

#include "kernel/view.h"
#include "lib/handle.h"

static bool find_own(struct call *call, struct process *process)
{
	const struct space *space = kernel_space(call->kernel, &call->err);

	if (space)
		process->space = process->user = *space;
	return space;
}

kwalk_space *kwalk_space_open(kwalk_kernel *kernel, struct kwalk_error *error)
{
	struct kwalk_space *space;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return NULL;
	space = call_make(&call, sizeof(*space));
	return call_end_made(&call, space, space && find_own(&call, &space->process));
}

/* A task that borrowed a page table has no user memory: the answers do not name the owner of the
 * table. */
static bool find_task_space(struct call *call, const struct task *task, struct process *process)
{
	if (!task_process(call->kernel, task, process, &call->err))
		return false;
	if (process->borrowed)
		process->mm = 0;
	return true;
}

kwalk_space *kwalk_space_of_pid(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error)
{
	struct kwalk_space *space;
	struct task task;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return NULL;
	space = call_make(&call, sizeof(*space));
	return call_end_made(&call, space,
			     space && find_task(&call, pid, &task) &&
				     find_task_space(&call, &task, &space->process));
}

kwalk_space *kwalk_space_of_task(kwalk_task *task, struct kwalk_error *error)
{
	struct kwalk_space *space;
	struct call call;

	if (!call_begin(&call, task ? task->handle : NULL, READS_ALL, error))
		return NULL;
	space = call_make(&call, sizeof(*space));
	return call_end_made(&call, space,
			     space && find_task_space(&call, &task->task, &space->process));
}

kwalk_space *kwalk_space_of_root(kwalk_kernel *kernel, uint64_t root, struct kwalk_error *error)
{
	struct kwalk_space *space;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return NULL;
	space = call_make(&call, sizeof(*space));
	return call_end_made(&call, space,
			     space && task_process_of_root(call.kernel, root, &space->process,
							   &call.err));
}

void kwalk_space_free(kwalk_space *space)
{
	if (space)
		handle_leave(space->handle);
	free(space);
}

int kwalk_space_get(kwalk_space *space, struct kwalk_space_info *info, struct kwalk_error *error)
{
	struct kwalk_space_info found = { 0 };
	const struct process *process;
	struct call call;

	if (!call_begin(&call, space ? space->handle : NULL, READS_DUMP, error))
		return call.refused;
	process = &space->process;
	found.nr_levels = process->space.paging->nr_levels;
	found.root = process->space.root;
	found.user_root = process->user.root;
	found.user_last = process->user_last;
	found.mode = process->space.paging->name;
	found.has_pid = process->has_task;
	found.pid = process->has_task ? process->task.pid : 0;
	return call_end(&call, call_give(&call, info, &found, sizeof(found)));
}

/* Reads a range. If the range extends beyond the last user address, reads it in two parts, because
 * kernel addresses may have another page table than user addresses. */
static bool space_read_parts(struct call *call, const struct process *process, uint64_t vaddr,
			     uint8_t *buffer, size_t size)
{
	uint64_t last = vaddr + (size - 1);
	size_t part = size;

	if (vaddr <= process->user_last && last > process->user_last)
		part = (size_t)(process->user_last - vaddr) + 1;
	return space_read(process_space(process, vaddr), vaddr, buffer, part, &call->err) &&
	       (part == size ||
		space_read(&process->space, vaddr + part, buffer + part, size - part, &call->err));
}

static bool space_read_all(struct call *call, const struct process *process, uint64_t vaddr,
			   void *buffer, size_t size)
{
	if (!size)
		return true;
	if (!call_wants(call, buffer, "the buffer"))
		return false;
	if (vaddr > UINT64_MAX - (size - 1))
		return fail(&call->err, ERROR_USAGE,
			    "%" PRIx64 ": %zu bytes from this address extend past the last address",
			    vaddr, size);
	return process_require_memory(process, vaddr, &call->err) &&
	       space_read_parts(call, process, vaddr, buffer, size);
}

int kwalk_read(kwalk_space *space, uint64_t vaddr, void *buffer, size_t size,
	       struct kwalk_error *error)
{
	struct call call;

	if (!call_begin(&call, space ? space->handle : NULL, READS_DUMP, error))
		return call.refused;
	return call_end(&call, space_read_all(&call, &space->process, vaddr, buffer, size));
}
