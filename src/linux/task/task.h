/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* All tasks in the kernel's lists: processes, threads, kernel threads, idle tasks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/listener.h"

struct kernel;

/* Room for a kernel with a longer comm. TASK_COMM_LEN is 16 (include/linux/sched.h). */
enum { TASK_COMM_MAX = 64 };

struct task {
	uint64_t address; /* address of the task_struct */
	uint64_t mm; /* address of the mm_struct; 0: a kernel thread, an idle task, or ended */
	/* The mm_struct whose page table the task used; 0: a kernel thread that was not running. */
	uint64_t active_mm;
	int32_t pid, tgid;
	int32_t idle_cpu; /* the CPU whose idle task this is; -1: not an idle task */
	char comm[TASK_COMM_MAX];
};

struct task_list {
	struct task *task; /* owned */
	size_t nr, room;
	struct damages damages;
	uint32_t *by_pid; /* owned; indexes in task, sorted by pid; NULL: there is no index yet */
};

/* Returns all tasks: first the idle tasks, then the processes in the order of the kernel's list.
 * The threads of a process come directly after the process. The tasks are read on first use, and
 * borrowed from the kernel until states_forget(). Returns NULL and sets err if types or symbols are
 * missing, or if the user stopped the work. */
const struct task_list *task_all(struct kernel *kernel, struct error *err);
/* Returns the first task of task_all() with this pid, or NULL if there is no such task. The first
 * call makes the index. */
const struct task *task_of_pid(struct kernel *kernel, int32_t pid);
/* Returns the task whose task_struct is at this address, or NULL if there is no such task. */
const struct task *task_of_address(const struct task_list *list, uint64_t address);
/* For task_of_pid(): fills list->by_pid. Returns false if the user stopped the work, or if there is
 * not enough memory. */
bool task_list_index(struct task_list *list, const struct listener *listener);
/* Like task_of_pid(), in this list. Without an index, searches the whole list. */
const struct task *task_list_find(const struct task_list *list, int32_t pid);
/* Returns the tasks that were found before the user stopped the search. Returns NULL if no search
 * was stopped. Valid until the next call of task_all(). */
const struct task_list *task_all_so_far(const struct kernel *kernel);
