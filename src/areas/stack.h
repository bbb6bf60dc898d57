/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whose kernel stack an address lies in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"
#include "tasks/task.h"

struct kernel;

struct stack {
	uint64_t first, last; /* addresses, inclusive */
	/* "task"; of a CPU: "irq" (x86-64), "hardirq", "softirq" (i386), "entry",
	 * "exception", "espfix"; static */
	const char *kind;
	char exception[8]; /* "DF", "NMI", ...; "" otherwise */
	bool guard;              /* the page that keeps it apart, not the stack itself */
	const struct task *task; /* borrowed from the kernel; NULL: a CPU's */
	unsigned int cpu;
};

/* Of tasks (if their list is known), interrupts and, until 5.1, exceptions. */
bool kernel_stack_at(struct kernel *kernel, uint64_t vaddr,
		     struct stack *stack);

/* For struct arch's add_cpu_stacks(). An empty stack is left out. */
struct stack_list;
void stack_add(struct stack_list *list, const struct stack *stack);

static inline bool stack_size_is_valid(uint64_t size)
{
	return size >= PAGE_BYTES && size <= 1 << 16 && !(size & (size - 1));
}
