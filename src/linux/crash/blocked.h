/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The tasks in uninterruptible sleep, in groups that wait for the same. */
#pragma once

#include "linux/unwind/wait.h"

enum {
	MOST_BLOCKED = 1000, /* number of tasks whose stacks are read */
	MOST_BLOCKED_GROUPS = 5,
};

/* Tasks that wait for one object. Or, if each of them waits for another object, or if the objects
 * are unknown, tasks that wait in the same function. */
struct blocked_group {
	size_t nr; /* number of tasks */
	/* What the tasks wait for. kind is NULL if it is unknown; object is 0 if the objects
	 * differ. */
	struct wait wait;
	/* The innermost function outside of the scheduler, in which the task `longest` waits: an
	 * address in its code, and the start of its symbol. 0: unknown. */
	uint64_t code, function;
	bool sure; /* as in struct stack_frame */
	/* The task that has waited for the longest time; borrowed. Any task if the times are
	 * unknown. */
	const struct task *longest;
	/* Nanoseconds since this task was last given a CPU. The wait began shortly after that. */
	bool has_time;
	uint64_t time;
};

struct blocked {
	size_t nr_tasks; /* number of tasks in uninterruptible sleep that no CPU ran */
	size_t nr_examined; /* number of tasks that are in groups */
	struct blocked_group *group; /* owned; the group of most tasks first */
	size_t nr;
};

/* Sets wait->is_reused if the owner of a lock began to live after the last time that it can have taken
 * the lock: the word in the lock then names an earlier task with the same task_struct. */
void blocked_check_owner(struct kernel *kernel, struct wait *wait);

/* Finds the groups. Returns false if the list of tasks is unknown, if the user stops
 * the work, or if there is not enough memory. The caller must release *blocked in any case. */
bool blocked_find(struct kernel *kernel, struct blocked *blocked);
void blocked_release(struct blocked *blocked);
