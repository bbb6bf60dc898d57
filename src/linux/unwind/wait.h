/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the object for which a sleeping task waits, such as a lock. A struct on the task's stack
 * refers to this object. */
#pragma once

#include "kernel/links.h"
#include "linux/unwind/unwind.h"

/* The state of a queued spinlock: include/asm-generic/qspinlock_types.h. */
struct spin_queue {
	bool locked;
	bool pending; /* a CPU waits for the lock without an entry in the queue */
	bool has_tail; /* CPUs are in the queue of the lock; last_cpu is the last of them */
	unsigned int last_cpu;
};

struct wait {
	/* A static text: "mutex", "rwsem", "percpu-rwsem", "semaphore", "completion", "folio", "bit",
	 * "variable", "wait-queue", "work", "spinlock" or "call". */
	const char *kind;
	uint64_t object; /* address of the lock, the struct folio (before 5.16: page) or other object */
	/* With "work" and "call": the function that has not ended yet, or has not begun. */
	uint64_t function;
	size_t frame; /* index in the trace: frame of the function that waits */
	/* The task that holds the lock, runs the work, or has the wait queue on its stack; borrowed. If
	 * is_reader, the task that was the last to take the lock for reading, and may have released
	 * it since. NULL: no task, or unknown. */
	const struct task *owner;
	bool is_reader;
	bool is_on_stack; /* owner has the wait queue on its stack */
	/* With an owner that is no reader: when a task that waits for it was last given a CPU, the latest of
	 * all of them. 0: unknown. */
	uint64_t since;
	/* The owner has probably ended: see blocked_check_owner(). `owner` has its task_struct now. */
	bool is_reused;
	bool is_folio;
	/* With "folio" and "bit": the number of the bit that the task waits for. A folio has the
	 * bit in its flags. */
	bool has_bit;
	uint64_t bit;
	bool has_queue; /* with "spinlock" */
	struct spin_queue queue;
	/* With "call": the number of CPUs that have not run the function, and the first of them. */
	unsigned int nr_targets, target;
};

enum { MOST_WAIT_STEPS = 1 << 15 /* enough for one task: lists have at most 4096 entries */ };

struct wait_search {
	struct kernel *kernel;
	const struct task *task;
	/* How many entries of lists, and words of stacks, may still be read. A damaged dump may
	 * have many lists, and several searches may share this number. If it reaches 0, objects
	 * are not found. */
	size_t *steps;
};

/* Finds the object for which the task waits. trace: the functions of the task. Returns false if the
 * object is not one of these kinds, or if it cannot be found. */
bool wait_find(const struct wait_search *search, const struct backtrace *trace, struct wait *wait);

/* Prepares to follow a list in which tasks wait: each entry must point back to the previous one. */
static inline struct links wait_links(const struct wait_search *search, uint64_t links)
{
	enum { MOST_WAITERS = 4096 };
	struct links ring = links_from(search->kernel, links, 0, NULL, MOST_WAITERS);

	ring.budget = search->steps;
	return ring;
}

/* --- calls that wait --- */

/* Finds the CPUs for which a CPU waits because they have not run its function yet:
 * smp_call_function_many() of kernel/smp.c. */

/* trace: the functions of the CPU. cpu: the number of the CPU. Sets kind, object, function, target
 * and nr_targets of *wait. Returns false if the CPU does not wait, or if no call is pending. */
bool wait_call_find(struct kernel *kernel, unsigned int cpu, const struct backtrace *trace,
		    struct wait *wait);

/* --- spinning --- */

/* Finds the queued spinlock for which a CPU waits: kernel/locking/qspinlock.c, since 4.2. */

/* trace: the functions of the CPU. registers: the registers of the CPU, which belong to the
 * innermost frame. cpu: the number of the CPU. Returns false if the CPU does not wait, or if the
 * lock cannot be found without doubt. */
bool wait_spin_find(struct kernel *kernel, unsigned int cpu, const struct registers *registers,
		    const struct backtrace *trace, struct wait *wait);
