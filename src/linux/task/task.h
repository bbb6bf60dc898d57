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
	uint64_t address; /* of its task_struct */
	uint64_t mm; /* 0: a kernel thread, or a process that has ended */
	uint64_t active_mm; /* the mm whose page table it ran with; 0: it was not running */
	int32_t pid, tgid;
	int32_t idle_cpu; /* the CPU whose idle task it is; -1: none */
	char comm[TASK_COMM_MAX];
};

struct task_list {
	struct task *task; /* owned */
	size_t nr, room;
	struct damages damages;
	uint32_t *by_pid; /* owned: places of all of a whole list, by pid and place */
};

/* All tasks: idle tasks first, then processes in the order of their list, each followed
 * by its threads. Read on first use; borrowed from the kernel until its facts are
 * forgotten. NULL with err where types or symbols are missing, or when stopped. */
const struct task_list *task_all(struct kernel *kernel, struct error *err);
/* The first task of a whole list with that pid; NULL: there is none. */
const struct task *task_of_pid(const struct task_list *list, int32_t pid);
void task_list_release(struct task_list *list);
/* For task_all(). False: stopped, or out of memory. */
bool task_list_index(struct task_list *list, const struct listener *listener, struct error *err);
/* The tasks that a stopped search found; NULL: none. Valid until the next task_all(). */
const struct task_list *task_all_so_far(const struct kernel *kernel);
