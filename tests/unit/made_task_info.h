/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tasks, their mm_structs and the variables of CPUs, for task_info_read(). */
#pragma once

#include "placed.h"
#include "linux/task_members.h"
#include "linux/task/task_info.h"

#include "unit.h"

enum {
	TASK = 0x5000,
	PARENT = 0x5800,
	STACK = 0x6000,
	MM = 0x7000,
	OFFSETS = 0x8000,
	MASK = 0x8100,
	QUEUES = 0x8200,
	COUNTERS = 0x8300,
	CPU_BYTES = 0x400
};

static const struct task_list no_tasks;

static inline struct task_info info_of(struct kernel *kernel, const struct task_list *list,
				       const struct task *task)
{
	struct task_facts facts;
	struct task_info info;

	task_facts_read(kernel, list, &facts);
	info = task_info_read(kernel, &facts, task);
	task_facts_release(&facts);
	return info;
}

static inline struct task_info info_at(struct kernel *kernel, uint64_t address, uint64_t mm)
{
	const struct task task = { .address = address, .mm = mm };

	return info_of(kernel, &no_tasks, &task);
}

/* Adds CPU 0 and CPU 2. */
static inline void add_cpus(struct linked *linked)
{
	linked_add(linked, "_stext", LINKED_BASE, 0);
	linked_add(linked, "__per_cpu_offset", IMAGE + OFFSETS, 32);
	linked_add(linked, "__cpu_possible_mask", IMAGE + MASK, 8);
	linked_add(linked, "runqueues", IMAGE + QUEUES, 0x40);
	put(MASK, 5, 8);
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		put(OFFSETS + 8 * cpu, CPU_BYTES * cpu, 8);
}
