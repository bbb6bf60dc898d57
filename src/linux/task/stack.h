/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The owner of the kernel stack that holds an address. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"
#include "linux/task/task.h"

struct kernel;

enum stack_kind {
	STACK_NONE,
	STACK_TASK,
	STACK_IRQ, /* this and the stacks below belong to CPUs; x86-64 */
	STACK_HARDIRQ, /* i386, like the next */
	STACK_SOFTIRQ,
	STACK_ENTRY,
	STACK_EXCEPTION,
	STACK_ESPFIX,
	NR_STACK_KINDS
};
/* Words in answers. */
extern const struct stack_words {
	const char *name; /* "irq" */
	const char *before; /* text before the name: the word stack, or "": "interrupt " */
} stack_kinds[NR_STACK_KINDS];

struct stack {
	uint64_t first, last; /* addresses, both inclusive */
	enum stack_kind kind;
	const char *exception; /* static: "DF", "NMI", ...; NULL: none, or several */
	bool guard; /* the guard page of the stack, not the stack itself */
	const struct task *task; /* borrowed from the kernel; NULL: a stack of a CPU */
	unsigned int cpu;
};

/* Finds stacks of tasks (if their list is known), of interrupts and, until 5.1, of exceptions. */
bool task_stack_at(struct kernel *kernel, uint64_t vaddr, struct stack *stack);

/* THREAD_SIZE. False: not known. */
bool stack_task_size(struct kernel *kernel, uint64_t *size);

/* For add_cpu_stacks() of struct arch. Empty stacks are left out. */
struct stack_list;
void stack_add(struct stack_list *list, const struct stack *stack);

static inline bool stack_size_is_valid(uint64_t size)
{
	return size >= LEAST_PAGE && size <= 1 << 16 && !(size & (size - 1));
}
