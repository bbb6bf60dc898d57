/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "areas/stack.h"

#include <stdlib.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/members.h"
#include "vmlinux/types.h"

/* Of tasks and interrupts; found on first use. */
struct stack_list {
	bool tried;
	struct stack *stack; /* owned; by address */
	size_t nr, room;
};

static void release(void *state)
{
	struct stack_list *list = state;

	free(list->stack);
}

const struct state_type state_stacks = {
	.size = sizeof(struct stack_list),
	.release = release,
};

static struct stack_list *stacks_of(struct kernel *kernel)
{
	return kernel_state(kernel, STATE_STACKS);
}

/*
 * THREAD_SIZE is the room that the linker script leaves for the first task's
 * stack (INIT_TASK_DATA, include/asm-generic/vmlinux.lds.h): named init_stack
 * since 6.10 (8f69cba096b5), init_task since 4.16 (0500871f21b2).
 */
static bool find_thread_size(struct kernel *kernel, uint64_t *size)
{
	static const char *const bounds[][2] = {
		{ "__start_init_stack", "__end_init_stack" },
		{ "__start_init_task", "__end_init_task" },
	};
	struct types *types = kernel_types(kernel);
	uint64_t start, end;

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		if (kernel_symbol(kernel, bounds[i][0], &start, NULL) &&
		    kernel_symbol(kernel, bounds[i][1], &end, NULL)) {
			*size = end - start;
			return stack_size_is_valid(*size);
		}
	return types && types_size(types, "union thread_union", size) &&
	       stack_size_is_valid(*size);
}

void stack_add(struct stack_list *list, const struct stack *stack)
{
	size_t room = list->room ? 2 * list->room : 256;
	struct stack *more;

	if (stack->last < stack->first)
		return;
	if (list->nr == list->room) {
		more = reallocarray(list->stack, room, sizeof(*more));
		if (!more)
			return;
		list->stack = more;
		list->room = room;
	}
	list->stack[list->nr++] = *stack;
}

static void add_task_stacks(struct kernel *kernel)
{
	const struct task_list *tasks = kernel_tasks(kernel, NULL);
	uint64_t size, start;

	if (!tasks || !find_thread_size(kernel, &size))
		return;
	for (size_t i = 0; i < tasks->nr; i++) {
		const struct task *task = &tasks->task[i];

		/* One that has ended may have given its stack back: 4.9
		 * (68f24b08ee89). */
		if (kernel_read_member(kernel, task->address, TASK_STACK, &start,
				       NULL) &&
		    start)
			stack_add(stacks_of(kernel),
				  &(struct stack){
					  .kind = "task",
					  .first = start,
					  .last = start + size - 1,
					  .task = task,
				  });
	}
}

/* --- looking up --- */

static int by_address(const void *left, const void *right)
{
	const struct stack *a = left, *b = right;

	return (a->first > b->first) - (a->first < b->first);
}

static const struct stack_list *find_stacks(struct kernel *kernel)
{
	struct stack_list *list = stacks_of(kernel);

	if (!list->tried) {
		list->nr = 0;
		add_task_stacks(kernel);
		/* One that was interrupted is not the whole. */
		list->tried = !kernel_stopped(kernel);
		kernel->arch->add_cpu_stacks(kernel, list);
		if (list->nr)
			qsort(list->stack, list->nr, sizeof(*list->stack),
			      by_address);
	}
	return list;
}

bool kernel_stack_at(struct kernel *kernel, uint64_t vaddr, struct stack *stack)
{
	const struct stack_list *list = find_stacks(kernel);
	size_t low = 0, high = list->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->stack[middle].first <= vaddr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || vaddr > list->stack[low - 1].last)
		return false;
	*stack = list->stack[low - 1];
	return true;
}
