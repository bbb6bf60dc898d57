/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Members of a task_struct, except its links in lists. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux/task/task.h"

struct task_info {
	char state; /* letter as in ps: R S D T t P I; Z: has ended; 0: unknown */
	bool has_cpu, has_parent, has_rss;
	bool running; /* a CPU ran it when the dump was taken */
	uint32_t cpu; /* CPU that runs it, or ran it last */
	int32_t parent; /* pid of the parent process */
	uint64_t rss; /* bytes of its mm that are in memory */
	uint64_t swap; /* bytes of its mm that are in swap; valid if has_rss */
	uint64_t stack; /* lowest address; 0: unknown */
};

/* Facts looked up once for all tasks. */
struct task_facts {
	struct running_cpu {
		uint64_t task; /* address of the task_struct that the CPU ran */
		unsigned int cpu;
	} * cpu; /* owned */
	size_t nr_cpus; /* 0: runqueues are unknown */
	bool all_cpus; /* the task of each possible CPU is known */
	uint64_t *offset; /* owned: offset of the per-CPU memory of each possible CPU */
	size_t nr_offsets;
	bool has_offsets; /* false: offset is not known */
	bool has_rss_stat; /* struct mm_rss_stat is known */
	uint64_t counter_size; /* size of a percpu_counter; 0: unknown */
	struct cached_rss {
		uint64_t mm;
		int64_t pages, swap;
	} * cached; /* owned, sorted by mm: pages counted by threads, but not yet in their mm */
	size_t nr_cached, room;
};
void task_facts_read(struct kernel *kernel, const struct task_list *list, struct task_facts *facts);
void task_facts_release(struct task_facts *facts);

/* Members that types do not describe are unknown. */
struct task_info task_info_read(struct kernel *kernel, const struct task_facts *facts,
				const struct task *task);

/* oom_score_adj of the process of the task at this address; -1000: never killed for memory. False:
 * unknown. */
bool task_oom_score_adj(struct kernel *kernel, uint64_t task, int32_t *adj);
/* The real user id of the task at this address. */
bool task_uid(struct kernel *kernel, uint64_t task, uint32_t *uid);
