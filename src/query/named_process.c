/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/named_process.h"

#include <stdlib.h>

#include "base/sort.h"
#include "base/text.h"
#include "kernel/kernel.h"

/* An entry of the index of tasks by pid. */
struct pid_index {
	int32_t pid;
	size_t task; /* index of the task in task_all() */
};

static int named_process_compare_pids(const void *one, const void *two)
{
	const struct pid_index *left = one, *right = two;

	return left->pid < right->pid ? -1 : left->pid > right->pid;
}

static bool list_pids(struct named_process *named, struct kernel *kernel,
		      const struct task_list *tasks)
{
	if (named->pids)
		return true;
	named->pids = calloc(tasks->nr + 1, sizeof(*named->pids));
	if (!named->pids)
		return false;
	for (size_t i = 0; i < tasks->nr; i++)
		named->pids[i] = (struct pid_index){ tasks->task[i].pid, i };
	named->nr_pids = tasks->nr;
	return sort_items(named->pids, tasks->nr, sizeof(*named->pids), named_process_compare_pids,
			  kernel->listener);
}

const struct process *named_process(struct named_process *named, struct kernel *kernel,
				    const struct oops_report *report)
{
	const struct pid_index *found;
	const struct task_list *tasks;
	const struct task *task;
	struct pid_index key;

	if (report == named->report)
		return named->known ? &named->process : NULL;
	named->report = report;
	named->known = false;
	tasks = report && report->has_pid && report->pid ? task_all(kernel, NULL) : NULL;
	if (!tasks || !list_pids(named, kernel, tasks))
		return NULL;
	key.pid = report->pid;
	found = bsearch(&key, named->pids, named->nr_pids, sizeof(key), named_process_compare_pids);
	task = found ? &tasks->task[found->task] : NULL;
	/* The kernel prints longer names of kworkers than task_struct has. */
	named->known = task && starts_with(report->comm, task->comm) &&
		       task_process(kernel, task, &named->process, NULL);
	return named->known ? &named->process : NULL;
}

void named_process_release(struct named_process *named)
{
	free(named->pids);
	named->pids = NULL;
}
