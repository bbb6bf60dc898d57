/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Information about a task, from members of its task_struct. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/percpu.h"
#include "linux/task/task.h"
#include "linux/task/mm.h"

struct task_info {
	char state; /* as ps shows it: R S D T t P I; Z: the task has ended; 0: unknown */
	bool has_cpu, has_parent, has_rss, has_total_vm;
	bool rss_contradicted; /* rss and swap are more than the process has addresses */
	bool running; /* a CPU ran the task when the dump was taken */
	uint32_t cpu; /* the CPU that runs the task, or ran it last */
	int32_t parent; /* pid of the parent process */
	uint64_t rss; /* bytes of the task's user memory that are in RAM */
	uint64_t swap; /* bytes of the task's user memory that are in swap; valid if has_rss */
	int64_t rss_pages, swap_pages; /* the same, as the kernel counts them */
	uint64_t total_vm; /* number of pages of the process's mappings; valid if has_total_vm */
	uint64_t stack; /* lowest address of the kernel stack; 0: unknown */
};

/* Information that is the same for all tasks, and so is looked up only once. */
struct task_facts {
	struct cpu_set possible; /* nr 0: unknown */
	struct running_cpu {
		uint64_t task; /* address of the task_struct of the task that the CPU ran */
		unsigned int cpu;
	} * cpu; /* owned */
	size_t nr_cpus; /* 0: the runqueues are unknown */
	bool all_cpus; /* cpu contains an entry for each possible CPU */
	bool has_rss_stat; /* types contain struct mm_rss_stat (until 6.1) */
	uint64_t counter_size; /* size of a percpu_counter; 0: unknown */
	struct cached_rss {
		uint64_t mm;
		int64_t pages, swap;
	} * cached; /* owned, sorted by mm; changes that threads have not yet added to their mm */
	size_t nr_cached, room;
};
void task_facts_read(struct kernel *kernel, const struct task_list *list, struct task_facts *facts);
void task_facts_release(struct task_facts *facts);

/* Reads the information about a task. A member that this kernel's types do not contain is
 * unknown. */
struct task_info task_info_read(struct kernel *kernel, const struct task_facts *facts,
				const struct task *task);

/* Did a CPU run the task when the dump was taken? */
bool task_is_running(const struct task_facts *facts, const struct task *task);

/* Returns the state of the task at this address, as in struct task_info. */
char task_state(struct kernel *kernel, uint64_t task);
/* Finds the CPU that the task runs on, or ran on last. */
bool task_cpu(struct kernel *kernel, const struct task *task, uint32_t *cpu);
/* Returns the state as crash names it: RU, IN, UN, ST, ZO, TR, DE, WA, PA, ID or NE; "": unknown. */
const char *task_state_name(struct kernel *kernel, uint64_t task);
/* Reads oom_score_adj of the process to which the task at this address belongs. The value -1000
 * means that the OOM killer never kills the process. Returns false if the value is unknown. */
bool task_oom_score_adj(struct kernel *kernel, uint64_t task, int32_t *adj);
/* Reads the real user id of the task at this address. */
bool task_uid(struct kernel *kernel, uint64_t task, uint32_t *uid);

/* --- arguments --- */

/* The arguments of a process, as in /proc/PID/cmdline. They are in the user memory of the process,
 * and the process may have changed them. */

enum { TASK_ARGS_MAX = 4096 }; /* the largest number of bytes that are read */

struct task_args {
	char text[TASK_ARGS_MAX + 1]; /* each argument, including the last, ends with a NUL */
	size_t size; /* number of bytes including the last NUL; 0: no arguments */
	bool cut; /* true: the process has more bytes of arguments than were read */
};

/* Reads the arguments of a process, or its environment. Returns false and sets err if the process has no
 * user memory, or if this memory is not in the dump. */
bool task_args_read(struct kernel *kernel, const struct task *task, bool environment,
		    struct task_args *args, struct error *err);

/* Returns the argument after arg, or the first argument if arg is NULL. Returns NULL after the last
 * argument. */
const char *task_args_next(const struct task_args *args, const char *arg);
