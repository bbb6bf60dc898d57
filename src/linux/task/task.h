/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All tasks in the kernel's lists: processes, threads, kernel threads, idle tasks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/listener.h"

struct kernel;

enum { TASK_COMM_MAX = 64 }; /* TASK_COMM_LEN is 16, include/linux/sched.h */

struct task {
	uint64_t address; /* address of the task_struct */
	uint64_t mm; /* 0: a kernel thread, or a process that has ended */
	uint64_t active_mm; /* the mm whose page table it used; 0: it was not running */
	int32_t pid, tgid;
	int32_t idle_cpu; /* CPU whose idle task it is; -1: not an idle task */
	char comm[TASK_COMM_MAX];
};

struct task_list {
	struct task *task; /* owned */
	size_t nr, room;
	struct damages damages;
	uint32_t *by_pid; /* owned: for a complete list, indexes of tasks sorted by pid and index */
};

/* All tasks: idle tasks first, then processes in the order of their list, each followed by its
 * threads. Read on first use; borrowed from the kernel until its facts are forgotten. NULL with
 * err: types or symbols are missing, or stopped. */
const struct task_list *task_all(struct kernel *kernel, struct error *err);
/* The first task with this pid in a complete list; NULL: none. */
const struct task *task_of_pid(const struct task_list *list, int32_t pid);
void task_list_release(struct task_list *list);
/* For task_all(): sorts the indexes. False: stopped, or out of memory. */
bool task_list_index(struct task_list *list, const struct listener *listener, struct error *err);
/* The tasks found by a stopped search; NULL: none. Valid until the next task_all(). */
const struct task_list *task_all_so_far(const struct kernel *kernel);
