/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads, as gdb calls them: the task of each CPU, then all other tasks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/task.h"

struct kernel;

/* The number of a task is its pid. Threads without a pid of their own are numbered from these
 * on, above all pids (PID_MAX_LIMIT, include/linux/threads.h). */
enum {
	THREAD_IDLE = 10000000, /* the idle task of CPU 0, 1, ... */
	THREAD_CPU = 20000000, /* a CPU whose task is not known */
	/* The first thread if no thread's program counter is known, as gdb needs one: its
	 * program counter is 0, and means nothing. */
	THREAD_NONE = 29999999,
	THREAD_SURPLUS = 30000000, /* a task with the pid of another one */
};

struct thread {
	uint32_t id;
	char state; /* letter as ps shows it; 0: unknown */
	bool has_cpu; /* the number is known of the CPU */
	bool running; /* a CPU ran it */
	uint32_t cpu; /* that ran it */
	uint32_t of_cpu; /* 1 + index in thread_list.cpu; 0: has no registers there */
	uint64_t task; /* address of its task_struct; 0: unknown */
	char comm[TASK_COMM_MAX]; /* "": unknown */
};

struct thread_list {
	/* Owned. The order: the CPU that panicked, other CPUs, other tasks; but the program
	 * counter of the first one is known. */
	struct thread *thread;
	size_t nr, room;
	uint32_t *order; /* owned: indexes by id */
	struct registers *cpu; /* owned; as the dump has them */
	size_t nr_cpus;
};

/* False: interrupted, or out of memory. There is always a thread at least. */
bool threads_find(struct kernel *kernel, struct thread_list *list, struct error *err);
void threads_release(struct thread_list *list);

/* NULL: there is none. */
const struct thread *thread_of_id(const struct thread_list *list, uint64_t id);

/* The registers of the CPU that ran the thread, or else the registers that it continues with.
 * False with err: none are known. */
bool thread_registers(struct kernel *kernel, const struct thread_list *list,
		      const struct thread *thread, struct registers *registers, struct error *err);
