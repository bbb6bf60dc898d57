/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose kernel stack an address lies in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/cpu_entry_area.h"
#include "kernel/task.h"

struct kernel;

struct stack {
	/* "task"; of a CPU: "irq" (x86-64), "hardirq", "softirq" (i386), "entry",
	 * "exception" */
	const char *kind;
	char exception[8];       /* "DF", "NMI", ...; "" otherwise */
	uint64_t first, last;
	bool guard;              /* the page that keeps it apart, not the stack itself */
	const struct task *task; /* borrowed from the kernel; NULL: a CPU's */
	unsigned int cpu;
};

/* Of tasks and interrupts; found on first use. */
struct stack_list {
	bool tried;
	struct stack *stack; /* owned; by address */
	size_t nr, room;
};

/* Stacks of tasks and interrupts. Without the list of tasks, those of interrupts
 * alone. */
bool kernel_stack_at(struct kernel *kernel, uint64_t vaddr,
		     const struct watch *watch, struct stack *stack);
/* The stack that a part of the cpu entry area is; false where it is none. */
bool cpu_entry_stack(const struct cpu_entry_place *place, struct stack *stack);
void stack_list_release(struct stack_list *list);
