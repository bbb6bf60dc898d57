/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding tasks by pid. Several tasks may have the same pid. */
#include <stdint.h>
#include <stdlib.h>

#include "linux/task/task.h"

#include "unit.h"

static void first_of_each_pid(void **state)
{
	static struct task tasks[] = {
		{ .pid = 0 },  { .pid = 0 }, { .pid = 7 },
		{ .pid = -1 }, { .pid = 3 }, { .pid = INT32_MAX },
		{ .pid = 3 },  { .pid = 7 }, { .pid = INT32_MIN },
	};
	struct task_list list = {
		.task = tasks,
		.nr = sizeof(tasks) / sizeof(*tasks),
	};
	static const int32_t absent[] = { 1, 2, 4, 8, -2, INT32_MAX - 1 };

	(void)state;
	assert_true(task_list_index(&list, NULL));
	for (size_t i = 0; i < list.nr; i++) {
		size_t first = 0;

		while (tasks[first].pid != tasks[i].pid)
			first++;
		assert_ptr_equal(task_list_find(&list, tasks[i].pid), &tasks[first]);
	}
	for (size_t i = 0; i < sizeof(absent) / sizeof(*absent); i++)
		assert_null(task_list_find(&list, absent[i]));
	free(list.by_pid);
}

static void of_none(void **state)
{
	struct task_list list = { 0 };

	(void)state;
	assert_true(task_list_index(&list, NULL));
	assert_null(task_list_find(&list, 0));
	free(list.by_pid);
}

static bool should_stop(void *arg)
{
	(void)arg;
	return true;
}

static void stopped(void **state)
{
	const struct listener listener = { .stop = should_stop };
	struct task_list list = { .task = calloc(10000, sizeof(struct task)), .nr = 10000 };

	(void)state;
	assert_non_null(list.task);
	list.task[7].pid = 7;
	assert_false(task_list_index(&list, &listener));
	assert_null(list.by_pid);
	assert_ptr_equal(task_list_find(&list, 7), &list.task[7]);
	assert_null(task_list_find(&list, 8));
	free(list.task);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_of_each_pid),
		cmocka_unit_test(of_none),
		cmocka_unit_test(stopped),
	};

	return cmocka_run_group_tests_name("task_index", tests, NULL, NULL);
}
