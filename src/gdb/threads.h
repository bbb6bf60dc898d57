/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads that gdb shows: first the task of each CPU, then all other tasks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/task.h"

struct kernel;

/* The id of a task is its pid. The ids of other threads begin at the values below, which are larger
 * than all pids (PID_MAX_LIMIT in include/linux/threads.h). */
enum {
	THREAD_IDLE = 10000000, /* idle tasks of CPU 0, CPU 1, ... */
	THREAD_CPU = 20000000, /* CPUs whose task is unknown */
	/* gdb needs the program counter of the first thread. If no program counter is known, a
	 * thread with this id is added as the first thread, and its program counter is 0. */
	THREAD_NONE = 29999999,
	THREAD_SURPLUS = 30000000, /* tasks that have the same pid as another task */
};

struct thread {
	uint32_t id;
	char state; /* a letter, as ps shows it; 0: unknown */
	bool has_cpu; /* the number of the CPU is known */
	bool running; /* a CPU was running the thread */
	uint32_t cpu; /* valid if has_cpu: number of the CPU */
	/* index in thread_list.cpu, plus 1; 0: that array does not contain the thread's
	 * registers */
	uint32_t of_cpu;
	uint64_t task; /* virtual address of the task_struct; 0: unknown */
	char comm[TASK_COMM_MAX]; /* "": unknown */
};

struct thread_list {
	/* Owned. The order is: the CPU that panicked, other CPUs, other tasks. If the program
	 * counter of the first thread is unknown, the first thread with a known program counter is
	 * moved to the start. */
	struct thread *thread;
	size_t nr, room;
	uint32_t *order; /* owned; indexes in thread, sorted by id */
	struct registers *cpu; /* owned; the registers of the CPUs that are in the dump */
	size_t nr_cpus;
};

/* Makes the list of threads, which has at least one thread. Returns false if memory is exhausted or
 * the user stopped the command. */
bool threads_find(struct kernel *kernel, struct thread_list *list, struct error *err);
void threads_release(struct thread_list *list);

/* Returns the thread with this id, or NULL. */
const struct thread *thread_of_id(const struct thread_list *list, uint64_t id);

/* Finds the registers of a thread. If a CPU was running the thread, these are the registers of the
 * CPU. If not, these are the registers with which the thread will continue. Returns
 * false if no registers are known. */
bool thread_registers(struct kernel *kernel, const struct thread_list *list,
		      const struct thread *thread, struct registers *registers);
