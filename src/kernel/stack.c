/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/percpu.h"

enum { PAGE = 4096, LARGEST_STACK = 1 << 16 };

static bool is_stack_size(uint64_t size)
{
	return size >= PAGE && size <= LARGEST_STACK && !(size & (size - 1));
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
			return is_stack_size(*size);
		}
	return types && types_size(types, "union thread_union", size) &&
	       is_stack_size(*size);
}

static void add_stack(struct stack_list *list, const struct stack *stack)
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

static void add_task_stacks(struct kernel *kernel, const struct watch *watch)
{
	const struct task_list *tasks = kernel_tasks(kernel, watch, NULL);
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
			add_stack(&kernel->stacks,
				  &(struct stack){
					  .kind = "task",
					  .first = start,
					  .last = start + size - 1,
					  .task = task,
				  });
	}
}

/* --- interrupts --- */

/* Where CPUs keep the pointer to a stack: a variable, or from 6.2 to 6.14 a
 * member of pcpu_hot (d7b6d709a76a). */
struct irq_pointer {
	const char *kind, *variable;
	enum member_id member; /* NR_MEMBERS: only a variable */
};

/*
 * x86-64 keeps the address of the top, or of the last word below it (5.12,
 * 951c2a51ae75; 64 bytes below before 4.14); irq_stack_ptr is its name before
 * 5.2 (758a2e312228). i386 keeps the bottom; of both names here the last is from
 * 3.15 to 5.1 (198d208df437).
 */
static const struct irq_pointer pointers_64[] = {
	{ "irq", "hardirq_stack_ptr", PCPU_HOT_HARDIRQ },
	{ "irq", "irq_stack_ptr", NR_MEMBERS },
};
static const struct irq_pointer pointers_32[] = {
	{ "hardirq", "hardirq_stack_ptr", PCPU_HOT_HARDIRQ },
	{ "hardirq", "hardirq_stack", NR_MEMBERS },
	{ "softirq", "softirq_stack_ptr", PCPU_HOT_SOFTIRQ },
	{ "softirq", "softirq_stack", NR_MEMBERS },
};

static bool read_pointer(struct kernel *kernel, const struct irq_pointer *pointer,
			 unsigned int cpu, uint64_t *value)
{
	uint64_t address;

	if (kernel_per_cpu(kernel, pointer->variable, cpu, &address, NULL))
		return kernel_read_pointer(kernel, address, value, NULL);
	return pointer->member != NR_MEMBERS &&
	       kernel_per_cpu(kernel, "pcpu_hot", cpu, &address, NULL) &&
	       kernel_read_member(kernel, address, pointer->member, value, NULL);
}

/* IRQ_STACK_SIZE; on i386 THREAD_SIZE. */
static bool find_irq_size(struct kernel *kernel, uint64_t *size)
{
	struct types *types = kernel_types(kernel);

	return types &&
	       (types_size(types, "struct irq_stack", size) ||
		types_size(types, "union irq_stack_union", size)) &&
	       is_stack_size(*size);
}

static void add_irq_stacks(struct kernel *kernel)
{
	bool wide = kernel_pointer_size(kernel) == 8;
	const struct irq_pointer *pointers = wide ? pointers_64 : pointers_32;
	size_t nr = wide ? sizeof(pointers_64) / sizeof(pointers_64[0]) :
			   sizeof(pointers_32) / sizeof(pointers_32[0]);
	struct cpu_set cpus;
	uint64_t size, at;

	if (!kernel_possible_cpus(kernel, &cpus, NULL) ||
	    !find_irq_size(kernel, &size))
		return;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		if (!cpu_set_has(&cpus, cpu))
			continue;
		for (size_t i = 0; i < nr; i++) {
			if (!read_pointer(kernel, &pointers[i], cpu, &at) || !at)
				continue;
			if (wide)
				at = ((at + PAGE - 1) & -(uint64_t)PAGE) - size;
			add_stack(&kernel->stacks, &(struct stack){
							   .kind = pointers[i].kind,
							   .first = at,
							   .last = at + size - 1,
							   .cpu = cpu,
						   });
		}
	}
}

/* --- looking up --- */

static int by_address(const void *left, const void *right)
{
	const struct stack *a = left, *b = right;

	return (a->first > b->first) - (a->first < b->first);
}

static const struct stack_list *find_stacks(struct kernel *kernel,
					    const struct watch *watch)
{
	struct stack_list *list = &kernel->stacks;

	if (!list->tried) {
		list->nr = 0;
		add_task_stacks(kernel, watch);
		/* One that was interrupted is not the whole. */
		list->tried = !watch || !watch->stop(watch->arg);
		add_irq_stacks(kernel);
		if (list->nr)
			qsort(list->stack, list->nr, sizeof(*list->stack),
			      by_address);
	}
	return list;
}

bool kernel_stack_at(struct kernel *kernel, uint64_t vaddr,
		     const struct watch *watch, struct stack *stack)
{
	const struct stack_list *list = find_stacks(kernel, watch);
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

bool cpu_entry_stack(const struct cpu_entry_place *place, struct stack *stack)
{
	const char *member = place->member, *end = strstr(member, "_stack");

	*stack = (struct stack){
		.first = place->first,
		.last = place->last,
		.cpu = place->cpu,
		.guard = strstr(member, "guard") != NULL,
	};
	if (!place->has_cpu)
		return false;
	if (strstr(member, "entry_stack") || !strncmp(member, "SYSENTER", 8)) {
		stack->kind = "entry";
		return true;
	}
	if (!end)
		return false;
	stack->kind = "exception";
	if (strstr(member, "doublefault"))
		strcpy(stack->exception, "DF");
	else if (!strncmp(member, "estacks.", 8))
		snprintf(stack->exception, sizeof(stack->exception), "%.*s",
			 (int)(end - member - 8), member + 8);
	return true;
}

void stack_list_release(struct stack_list *list)
{
	free(list->stack);
}
