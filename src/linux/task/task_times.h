/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* When a task ran, and for how long. All times are in nanoseconds. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Returns the latest time of the CPUs' runqueues, or 0 if it is unknown. The clock of an idle CPU may
 * be old, but all CPUs have the same clock (sched_clock_cpu()). */
uint64_t task_run_clock(struct kernel *kernel);
/* Reads when the task at this address was last given a CPU, by the same clock. Fails for idle tasks. */
bool task_last_run(struct kernel *kernel, uint64_t task, uint64_t *nsec);

struct task_times {
	bool has_start; /* since the boot */
	uint64_t start;
	bool has_used; /* time in user mode and in the kernel */
	uint64_t user, system;
};
struct task_times task_times_read(struct kernel *kernel, uint64_t task);

/* Reads the scheduling policy: SCHED_NORMAL and others in include/uapi/linux/sched.h. */
bool task_policy(struct kernel *kernel, uint64_t task, uint32_t *policy);
