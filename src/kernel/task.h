/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes, their threads, kernel threads and idle tasks: all task_structs
 * that lists lead to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum { TASK_COMM_MAX = 64 }; /* TASK_COMM_LEN is 16, include/linux/sched.h */

struct task {
	uint64_t address;   /* of its task_struct */
	uint64_t mm;        /* 0: a kernel thread, or a process that has ended */
	uint64_t active_mm; /* whose table it ran with; 0: it was not running */
	int32_t pid, tgid;
	int32_t idle_cpu;   /* the CPU whose idle task it is; -1: none */
	char comm[TASK_COMM_MAX];
};

enum { MAX_DAMAGES = 8 };

/* What was found wrong on the way, and was cut off. */
struct damages {
	struct error error[MAX_DAMAGES];
	size_t nr; /* may be more than are kept */
};

void damages_add(struct damages *damages, const struct error *err);

struct task_list {
	struct task *task; /* owned */
	size_t nr, room;
	struct damages damages;
};

/* A long search asks it whether to stop; NULL: it never stops. */
struct watch {
	bool (*stop)(void *arg);
	void *arg;
};

/* All tasks: idle tasks first, then each process with its threads behind it, in
 * the order of the list. Found once; borrowed from kernel. Fails where types or
 * symbols are missing, or when stopped. */
const struct task_list *kernel_tasks(struct kernel *kernel,
				     const struct watch *watch,
				     struct error *err);
/* What a search found that was stopped; NULL: none was. Valid until the next
 * kernel_tasks(). */
const struct task_list *kernel_tasks_so_far(const struct kernel *kernel);
void task_list_destroy(struct task_list *list); /* NULL is fine */
