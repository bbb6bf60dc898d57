/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the kernel stack that contains an address, and the owner of this stack. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"
#include "linux/task/task.h"

struct kernel;

enum stack_kind {
	STACK_NONE,
	STACK_TASK,
	STACK_IRQ, /* only x86-64; this stack and all following stacks belong to CPUs */
	STACK_HARDIRQ, /* this stack and the next exist only on i386 */
	STACK_SOFTIRQ,
	STACK_ENTRY,
	STACK_EXCEPTION,
	STACK_ESPFIX,
	NR_STACK_KINDS
};
/* The words for a kind of stack in answers. */
extern const struct stack_words {
	const char *name; /* the kind, for example "irq" */
	const char *before; /* text before the word "stack", for example "interrupt "; may be "" */
} stack_kinds[NR_STACK_KINDS];

struct stack {
	uint64_t first, last; /* addresses, inclusive */
	enum stack_kind kind;
	const char *exception; /* static, such as "DF"; NULL: no exception, or several */
	bool guard; /* true: the range is not the stack, but the guard page of the stack */
	const struct task *task; /* borrowed from the kernel; NULL: the stack belongs to a CPU */
	unsigned int cpu;
};

/* Finds the stack that contains vaddr. Searches the stacks of tasks (if the list of tasks is
 * known), the stacks for interrupts and, in kernels until 5.1, the stacks for exceptions. */
bool task_stack_at(struct kernel *kernel, uint64_t vaddr, struct stack *stack);

/* Finds THREAD_SIZE. Returns false if it is unknown. */
bool stack_task_size(struct kernel *kernel, uint64_t *size);

/* Is the start of a task's stack, task_struct.stack, contradicted by other words of the dump? Writes
 * the contradiction to text. size: THREAD_SIZE. thread.sp is asked only if the stack has no area of
 * vmalloc. */
bool stack_contradicted(struct kernel *kernel, uint64_t task, uint64_t start, uint64_t size,
			char *text, size_t text_size);

/* Is thread.sp of a task outside of the stack? */
bool stack_sp_outside(struct kernel *kernel, uint64_t task, uint64_t start, uint64_t size,
		      uint64_t *sp);

/* For add_cpu_stacks() of struct arch: adds a stack to the list. Does nothing if last < first. */
struct stack_list;
void stack_add(struct stack_list *list, const struct stack *stack);

static inline bool stack_size_is_valid(uint64_t size)
{
	return size >= LEAST_PAGE && size <= 1 << 16 && !(size & (size - 1));
}
