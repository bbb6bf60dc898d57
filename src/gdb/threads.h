/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads in gdb's sense: the task of each CPU, then all other tasks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/task.h"

struct kernel;

/* A task's number is its pid. Other threads get numbers from the values below, which are larger
 * than all pids (PID_MAX_LIMIT, include/linux/threads.h). */
enum {
	THREAD_IDLE = 10000000, /* idle tasks of CPUs 0, 1, ... */
	THREAD_CPU = 20000000, /* CPUs whose task is not known */
	/* The first thread, if no thread's program counter is known, as gdb needs one: its program
	 * counter is 0, without meaning. */
	THREAD_NONE = 29999999,
	THREAD_SURPLUS = 30000000, /* tasks with a pid that another task has */
};

struct thread {
	uint32_t id;
	char state; /* letter as in ps; 0: unknown */
	bool has_cpu; /* the number of the CPU is known */
	bool running; /* a CPU ran the thread */
	uint32_t cpu; /* number of that CPU */
	uint32_t of_cpu; /* 1 + index in thread_list.cpu; 0: no registers there */
	uint64_t task; /* address of the task_struct; 0: unknown */
	char comm[TASK_COMM_MAX]; /* "": unknown */
};

struct thread_list {
	/* Owned. In order: the CPU that panicked, other CPUs, other tasks; except that the program
	 * counter of the first thread must be known. */
	struct thread *thread;
	size_t nr, room;
	uint32_t *order; /* owned; indexes of threads, sorted by id */
	struct registers *cpu; /* owned; registers in the dump */
	size_t nr_cpus;
};

/* False: interrupted, or out of memory. The list has at least one thread. */
bool threads_find(struct kernel *kernel, struct thread_list *list, struct error *err);
void threads_release(struct thread_list *list);

/* NULL: no thread has this id. */
const struct thread *thread_of_id(const struct thread_list *list, uint64_t id);

/* The registers of the CPU that ran the thread; if it was not running, the registers with which it
 * will continue. False with err: no registers are known. */
bool thread_registers(struct kernel *kernel, const struct thread_list *list,
		      const struct thread *thread, struct registers *registers, struct error *err);
