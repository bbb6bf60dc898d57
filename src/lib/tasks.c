/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Tasks, and the mappings of their processes. */
#include "lib/handle.h"

#include <stdlib.h>
#include <string.h>

#include "linux/task/task_info.h"
#include "linux/vma/vma.h"

bool find_task(struct call *call, int32_t pid, struct task *task)
{
	const struct task_list *list = task_all(call->kernel, &call->err);
	const struct task *found = list ? task_of_pid(call->kernel, pid) : NULL;

	if (found)
		*task = *found;
	return found ||
	       (list && fail(&call->err, ERROR_NO_ANSWER, "no task has the pid %d", (int)pid));
}

/* Copies the list of tasks, because a callback may make calls that change the original list.
 * Returns NULL if the list is unknown or memory is exhausted. */
static struct task *copy_list(struct call *call, size_t *nr)
{
	const struct task_list *list = task_all(call->kernel, &call->err);
	struct task *copy;

	if (!list)
		return NULL;
	copy = malloc((list->nr + 1) * sizeof(*copy));
	if (copy)
		memcpy(copy, list->task, list->nr * sizeof(*copy));
	*nr = list->nr;
	if (list->damages.nr)
		*call->kernel->excess = list->damages.error[0];
	return copy;
}

int kwalk_tasks(kwalk_kernel *kernel, bool (*visit)(void *arg, kwalk_task *task), void *arg,
		struct kwalk_error *error)
{
	struct task *list = NULL;
	struct call call;
	size_t nr = 0;
	int code;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return call.refused;
	if (call_wants(&call, (void *)visit, "visit"))
		list = copy_list(&call, &nr);
	handle_use(kernel);
	code = call_end(&call, list);
	for (size_t i = 0; status_shows(code) && i < nr; i++) {
		struct kwalk_task task = { kernel, true, list[i] };

		if (!visit(arg, &task))
			break;
	}
	free(list);
	handle_leave(kernel);
	return code;
}

kwalk_task *kwalk_task_find(kwalk_kernel *kernel, int32_t pid, struct kwalk_error *error)
{
	struct kwalk_task *task;
	struct call call;

	if (!call_begin(&call, kernel, READS_ALL, error))
		return NULL;
	task = call_make(&call, sizeof(*task));
	return call_end_made(&call, task, task && find_task(&call, pid, &task->task));
}

kwalk_task *kwalk_task_copy(kwalk_task *task, struct kwalk_error *error)
{
	struct kwalk_task *copy;
	struct call call;

	if (!call_begin(&call, task ? task->handle : NULL, READS_ALL, error))
		return NULL;
	copy = call_make(&call, sizeof(*copy));
	if (copy)
		copy->task = task->task;
	return call_end_made(&call, copy, copy);
}

void kwalk_task_free(kwalk_task *task)
{
	if (!task || task->borrowed)
		return;
	handle_leave(task->handle);
	free(task);
}

static void tasks_describe(struct call *call, const struct task *task, const struct task_info *info,
			   struct kwalk_task_info *found)
{
	size_t used = 0;

	found->pid = task->pid;
	found->tgid = task->tgid;
	found->state = info->state;
	found->running = info->running;
	found->has_cpu = info->has_cpu;
	found->has_parent = info->has_parent;
	found->has_rss = info->has_rss;
	found->cpu = info->cpu;
	found->parent = info->parent;
	found->address = task->address;
	found->mm = task->mm;
	found->has_root = task->mm && task_mm_root(call->kernel, task->mm, &found->root, NULL);
	found->rss = info->rss;
	found->stack = info->stack;
	found->comm = handle_text(call->handle, &used, task->comm);
}

/* Returns the data that task_info_read() needs. The first call reads them for all tasks. Returns
 * NULL if the list of tasks is unknown or memory is exhausted. */
static const struct task_facts *find_facts(struct call *call)
{
	struct kwalk_kernel *handle = call->handle;
	const struct task_list *list = task_all(call->kernel, &call->err);

	if (list && !handle->task_facts) {
		handle->task_facts = calloc(1, sizeof(*handle->task_facts));
		if (handle->task_facts)
			task_facts_read(call->kernel, list, handle->task_facts);
	}
	return list ? handle->task_facts : NULL;
}

int kwalk_task_get(kwalk_task *task, struct kwalk_task_info *info, struct kwalk_error *error)
{
	struct kwalk_task_info found = { 0 };
	const struct task_facts *facts;
	struct task_info inner;
	struct call call;

	if (!call_begin(&call, task ? task->handle : NULL, READS_ALL, error))
		return call.refused;
	facts = find_facts(&call);
	if (!facts)
		return call_end(&call, false);
	inner = task_info_read(call.kernel, facts, &task->task);
	tasks_describe(&call, &task->task, &inner, &found);
	return call_end(&call, call_give(&call, info, &found, sizeof(found)));
}

/* --- mappings --- */

/* The mappings of a process. `found` is the mapping that is being visited. */
struct shown_vmas {
	struct process process;
	struct vma_list list;
	struct kwalk_vma found;
	char name[VMA_NAME_MAX]; /* the name to which `found` points */
};

static bool tasks_find_vmas(struct call *call, const struct kwalk_task *task,
			    struct shown_vmas *vmas)
{
	if (!task_process(call->kernel, &task->task, &vmas->process, &call->err))
		return false;
	if (!process_has_memory(&vmas->process))
		return fail(&call->err, ERROR_NO_ANSWER,
			    "the task is a kernel thread, or has ended");
	if (!vma_each(call->kernel, vmas->process.mm, &vmas->list, &call->err))
		return false;
	if (vmas->list.damages.nr)
		*call->kernel->excess = vmas->list.damages.error[0];
	return true;
}

static int describe_vma(struct kwalk_kernel *handle, struct shown_vmas *vmas, const struct vma *vma,
			struct kwalk_error *error)
{
	struct kwalk_vma *found = &vmas->found;
	char rights[5];
	struct call call;

	if (!call_begin(&call, handle, READS_ALL, error))
		return call.refused;
	*found = KWALK_INIT(struct kwalk_vma);
	vma_rights(vma, rights);
	memcpy(found->rights, rights, sizeof(rights));
	found->first = vma_shown_start(call.kernel, &vmas->list, vma);
	found->last = vma->last;
	found->flags = vma->flags;
	found->offset = vma->file ? kernel_frame(call.kernel, vma->pgoff) : 0;
	found->address = vma->address;
	if (vma_name_of(call.kernel, vmas->process.mm, vma, vmas->name, NULL))
		found->name = vmas->name;
	return call_end(&call, true);
}

int kwalk_vmas(kwalk_task *task, bool (*visit)(void *arg, const struct kwalk_vma *vma), void *arg,
	       struct kwalk_error *error)
{
	struct kwalk_kernel *handle = task ? task->handle : NULL;
	struct shown_vmas vmas = { .list = { 0 } };
	struct call call;
	int code, one;

	if (!call_begin(&call, handle, READS_ALL, error))
		return call.refused;
	handle_use(handle);
	code = call_end(&call, call_wants(&call, (void *)visit, "visit") &&
				       tasks_find_vmas(&call, task, &vmas));
	for (size_t i = 0; status_shows(code) && i < vmas.list.nr; i++) {
		one = describe_vma(handle, &vmas, &vmas.list.vma[i], error);
		if (!status_shows(one))
			code = one;
		else if (!visit(arg, &vmas.found))
			break;
	}
	vma_list_release(&vmas.list);
	handle_leave(handle);
	return code;
}
