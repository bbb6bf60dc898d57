/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* An index of tasks by pid. A large server has tens of thousands of tasks. Without the index, each
 * look-up of a pid would search the whole list. */
#include <stdlib.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "linux/task/task.h"

struct by_pid {
	int32_t pid;
	uint32_t place;
};

static int task_index_compare(const void *one, const void *two)
{
	const struct by_pid *a = one, *b = two;

	return COMPARE(a->pid, b->pid) ?: COMPARE(a->place, b->place);
}

bool task_list_index(struct task_list *list, const struct listener *listener)
{
	struct by_pid *sorted = calloc(list->nr + 1, sizeof(*sorted));
	uint32_t *by_pid = calloc(list->nr + 1, sizeof(*by_pid));
	bool ok = sorted && by_pid;

	for (uint32_t i = 0; ok && i < list->nr; i++)
		sorted[i] = (struct by_pid){ list->task[i].pid, i };
	ok = ok && sort_items(sorted, list->nr, sizeof(*sorted), task_index_compare, listener);
	for (size_t i = 0; ok && i < list->nr; i++)
		by_pid[i] = sorted[i].place;
	free(sorted);
	if (ok)
		list->by_pid = by_pid;
	else
		free(by_pid);
	return ok;
}

void task_list_release(struct task_list *list)
{
	free(list->task);
	free(list->by_pid);
}

const struct task *task_list_find(const struct task_list *list, int32_t pid)
{
	size_t first;

	if (!list->by_pid) {
		for (size_t i = 0; i < list->nr; i++)
			if (list->task[i].pid == pid)
				return &list->task[i];
		return NULL;
	}
	first = ARRAY_SEARCH(i, 0, list->nr, list->task[list->by_pid[i]].pid < pid);
	return first < list->nr && list->task[list->by_pid[first]].pid == pid ?
		       &list->task[list->by_pid[first]] :
		       NULL;
}

const struct task *task_of_address(const struct task_list *list, uint64_t address)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->task[i].address == address)
			return &list->task[i];
	return NULL;
}
