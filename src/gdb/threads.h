/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads that gdb shows: the task of each CPU, and then all other tasks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/task.h"

struct kernel;

/* The id of a task is its pid. Other threads get ids from the values below on, which are larger
 * than all pids (PID_MAX_LIMIT in include/linux/threads.h). */
enum {
	THREAD_IDLE = 10000000, /* idle tasks of CPU 0, CPU 1, ... */
	THREAD_CPU = 20000000, /* CPUs whose task is not known */
	/* The first thread, if no thread has a known program counter, because gdb needs one. The
	 * program counter of this thread is 0, which has no meaning. */
	THREAD_NONE = 29999999,
	THREAD_SURPLUS = 30000000, /* tasks whose pid another task has, too */
};

struct thread {
	uint32_t id;
	char state; /* letter as ps shows it; 0: unknown */
	bool has_cpu; /* the number of the CPU is known */
	bool running; /* a CPU ran the thread */
	uint32_t cpu; /* number of that CPU */
	uint32_t of_cpu; /* 1 + index in thread_list.cpu; 0: cpu has no registers of the thread */
	uint64_t task; /* address of the task_struct; 0: unknown */
	char comm[TASK_COMM_MAX]; /* "": unknown */
};

struct thread_list {
	/* Owned. First the CPU that panicked, then other CPUs, then other tasks. But if the program
	 * counter of the first thread is not known, a thread whose program counter is known is
	 * moved to the start. */
	struct thread *thread;
	size_t nr, room;
	uint32_t *order; /* owned; indexes of threads, sorted by id */
	struct registers *cpu; /* owned; the registers of CPUs in the dump */
	size_t nr_cpus;
};

/* Returns false if interrupted, or out of memory. The list has at least one thread. */
bool threads_find(struct kernel *kernel, struct thread_list *list, struct error *err);
void threads_release(struct thread_list *list);

/* Returns NULL if no thread has this id. */
const struct thread *thread_of_id(const struct thread_list *list, uint64_t id);

/* Finds the registers of the CPU that ran the thread or, if the thread was not running, the
 * registers with which it will continue. Returns false and sets err if no registers are known. */
bool thread_registers(struct kernel *kernel, const struct thread_list *list,
		      const struct thread *thread, struct registers *registers, struct error *err);
