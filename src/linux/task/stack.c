/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/stack.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "dump/dump.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/area_members.h"
#include "linux/task_members.h"
#include "types/types.h"

const struct stack_words stack_kinds[NR_STACK_KINDS] = {
	[STACK_TASK] = { "task", "" },
	[STACK_IRQ] = { "irq", "interrupt " },
	[STACK_HARDIRQ] = { "hardirq", "hard interrupt " },
	[STACK_SOFTIRQ] = { "softirq", "soft interrupt " },
	[STACK_ENTRY] = { "entry", "entry " },
	[STACK_EXCEPTION] = { "exception", "exception " },
	[STACK_ESPFIX] = { "espfix", "espfix " },
};

/* The stacks of tasks, and the stacks for interrupts and exceptions. */
struct stack_list {
	struct stack *stack; /* owned; sorted by address */
	size_t nr, room;
};

/* Finds THREAD_SIZE. The linker script reserves an area of this size for the stack of the first
 * task (INIT_TASK_DATA in include/asm-generic/vmlinux.lds.h). The names of its bounds contain
 * init_stack since 6.10 (8f69cba096b5), and init_task since 4.16 (0500871f21b2). */
bool stack_task_size(struct kernel *kernel, uint64_t *size)
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
	return types && types_size(types, "union thread_union", size) && stack_size_is_valid(*size);
}

void stack_add(struct stack_list *list, const struct stack *stack)
{
	if (stack->last >= stack->first)
		array_add(&list->stack, &list->nr, &list->room, stack, sizeof(*stack));
}

/* Finds the area of vmalloc of a task's stack. */
static bool stack_area(struct kernel *kernel, uint64_t task, uint64_t *start)
{
	uint64_t area;

	return kernel_read_member(kernel, task, TASK_STACK_AREA, &area, NULL) && area &&
	       kernel_read_member(kernel, area, VM_ADDR, start, NULL);
}

bool stack_sp_outside(struct kernel *kernel, uint64_t task, uint64_t start, uint64_t size,
		      uint64_t *sp)
{
	return kernel->arch->saved_sp(kernel, task, sp) && *sp && *sp - start > size;
}

bool stack_contradicted(struct kernel *kernel, uint64_t task, uint64_t start, uint64_t size,
			char *text, size_t text_size)
{
	uint64_t other;

	if (start & (size - 1))
		return snprintf(text, text_size,
				"stack %" PRIx64 ", which is not aligned to its size, %" PRIx64,
				start, size);
	if (stack_area(kernel, task, &other))
		return other != start &&
		       snprintf(text, text_size,
				"stack %" PRIx64 ", but stack_vm_area begins at %" PRIx64, start,
				other);
	return stack_sp_outside(kernel, task, start, size, &other) &&
	       snprintf(text, text_size, "stack %" PRIx64 ", but thread.sp is %" PRIx64, start,
			other);
}

static void add_task_stacks(struct kernel *kernel, struct stack_list *list)
{
	const struct task_list *tasks = task_all(kernel, NULL);
	bool running = kernel->dump->format->running;
	uint64_t size, start;
	char text[128];

	if (!tasks || !stack_task_size(kernel, &size))
		return;
	for (size_t i = 0; i < tasks->nr && !listener_stops_at(kernel->listener, i + 1); i++) {
		const struct task *task = &tasks->task[i];

		/* 0: the task has ended and its stack was freed (since 4.9, 68f24b08ee89) */
		if (kernel_read_member(kernel, task->address, TASK_STACK, &start, NULL) && start &&
		    (running ||
		     !stack_contradicted(kernel, task->address, start, size, text, sizeof(text))))
			stack_add(list, &(struct stack){
						.kind = STACK_TASK,
						.first = start,
						.last = start + size - 1,
						.task = task,
					});
	}
}

static bool stack_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct stack_list *list = state;

	(void)err;
	add_task_stacks(kernel, list);
	kernel->arch->add_cpu_stacks(kernel, list);
	return sort_items(list->stack, list->nr, sizeof(*list->stack), ranges_compare,
			  kernel->listener);
}

static const struct state_type state_stacks = {
	.size = sizeof(struct stack_list),
	.learn = stack_learn,
	.release = state_free_list,
};

bool task_stack_at(struct kernel *kernel, uint64_t vaddr, struct stack *stack)
{
	const struct stack_list *list = kernel_learnt(kernel, &state_stacks, NULL);
	size_t at = list ? RANGES_SEARCH(list->stack, list->nr, vaddr) : 0;

	if (!list || at == list->nr || vaddr < list->stack[at].first)
		return false;
	*stack = list->stack[at];
	return true;
}
