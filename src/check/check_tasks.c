/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the lists of tasks, and compares the words of each task with their witnesses. */
#include <inttypes.h>
#include <stdlib.h>

#include "check/check.h"
#include "check/check_pass.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "base/text.h"
#include "linux/task/task_witness.h"

struct task_stack {
	uint64_t start;
	const struct task *task;
};

struct tasks_pass {
	struct kernel *kernel;
	struct tally contradicted, shared;
	struct task_stack *stack; /* owned */
	size_t nr_stacks;
};

static void look_at_tasks(struct tasks_pass *pass, const struct task_list *list)
{
	struct task_facts facts;

	task_facts_read(pass->kernel, list, &facts);
	pass->stack = calloc(list->nr + 1, sizeof(*pass->stack));
	for (size_t i = 0; i < list->nr && !listener_stops_at(pass->kernel->listener, i + 1); i++) {
		const struct task *task = &list->task[i];
		struct task_info info = task_info_read(pass->kernel, &facts, task);
		char doubt[TASK_DOUBT];

		if (task_doubt(pass->kernel, task, &facts, &info, TASK_WORDS_ALL | TASK_WORDS_DEAR,
			       doubt))
			check_count(&pass->contradicted, 0, "pid %" PRId32 " (%s): %s", task->pid,
				    task->comm, doubt);
		if (pass->stack && info.stack && info.state != 'Z')
			pass->stack[pass->nr_stacks++] = (struct task_stack){ info.stack, task };
	}
	task_facts_release(&facts);
}

/* Finds tasks with the same stack. */
static void compare_stacks(struct tasks_pass *pass)
{
	const struct task_stack *stack = pass->stack;

	if (!stack || !sort_items(pass->stack, pass->nr_stacks, sizeof(*stack), ranges_compare,
				  pass->kernel->listener))
		return;
	for (size_t i = 1; i < pass->nr_stacks; i++)
		if (stack[i].start == stack[i - 1].start)
			check_count(&pass->shared, 0,
				    "%" PRIx64 ", of pid %" PRId32 " (%s) and pid %" PRId32 " (%s)",
				    stack[i].start, stack[i - 1].task->pid, stack[i - 1].task->comm,
				    stack[i].task->pid, stack[i].task->comm);
}

static void check_tasks_tell(const struct checker *checker, const struct tasks_pass *pass,
			     const struct task_list *list)
{
	enum check check = CHECK_OF_TASKS;

	if (list->damages.nr)
		check_tell(checker, check, CHECK_ERROR,
			   "the lists of tasks are damaged in %zu place%s, the first: %s",
			   list->damages.nr, plural_s(list->damages.nr),
			   list->damages.error[0].message);
	check_tell_tally(&pass->contradicted, CHECK_ERROR,
			 "task has words that other words of the dump contradict",
			 "tasks have words that other words of the dump contradict");
	check_tell_tally(&pass->shared, CHECK_ERROR, "stack belongs to two tasks",
			 "stacks belong to two tasks");
	if (!list->damages.nr && !pass->contradicted.nr && !pass->shared.nr)
		check_tell(checker, check, CHECK_OK,
			   "%zu tasks, in lists that end where they start", list->nr);
	check_looked(checker, "%zu tasks", list->nr);
}

void check_tasks(const struct checker *checker)
{
	struct tasks_pass pass = {
		.kernel = checker->kernel,
		.contradicted = { .checker = checker, .check = CHECK_OF_TASKS },
		.shared = { .checker = checker, .check = CHECK_OF_TASKS },
	};
	const struct task_list *list;
	struct error err;

	list = task_all(checker->kernel, &err);
	if (!list) {
		check_tell(checker, CHECK_OF_TASKS, CHECK_NOT_CHECKED, "%s", err.message);
		return;
	}
	if (!checker->kernel->dump->format->running)
		look_at_tasks(&pass, list);
	compare_stacks(&pass);
	check_tasks_tell(checker, &pass, list);
	free(pass.stack);
}
