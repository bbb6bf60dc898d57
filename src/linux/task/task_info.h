/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Members of a task_struct, without its place in the lists. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux/task/task.h"

struct task_info {
	char state; /* letter as ps shows it: R S D T t P I; Z: has ended; 0: unknown */
	bool has_cpu, has_parent, has_rss;
	bool running; /* a CPU ran it when the dump was taken */
	uint32_t cpu; /* where it runs, or ran last */
	int32_t parent; /* pid of the process */
	uint64_t rss; /* bytes of its mm in memory */
	uint64_t stack; /* lowest address; 0: unknown */
};

/* Facts that are looked up once for all tasks. */
struct task_facts {
	struct running_cpu {
		uint64_t task; /* address of the task_struct that it ran */
		unsigned int cpu;
	} * cpu; /* owned */
	size_t nr_cpus; /* 0: runqueues are unknown */
	bool all_cpus; /* it is known for each possible CPU */
	uint64_t *offset; /* owned: of the per-CPU memory of each possible CPU */
	size_t nr_offsets;
	bool has_offsets; /* otherwise they are unknown */
	bool has_rss_stat; /* struct mm_rss_stat is known */
	uint64_t counter_size; /* of a percpu_counter; 0: unknown */
	struct cached_rss {
		uint64_t mm;
		int64_t pages;
	} * cached; /* owned, by mm: pages that threads have counted, but their mm has not */
	size_t nr_cached, room;
};
void task_facts_read(struct kernel *kernel, const struct task_list *list, struct task_facts *facts);
void task_facts_release(struct task_facts *facts);

/* Members that types do not describe stay unknown. */
struct task_info task_info_read(struct kernel *kernel, const struct task_facts *facts,
				const struct task *task);

/* The value for the process of the task at this address; -1000: never killed for memory. False:
 * unknown. */
bool task_oom_score_adj(struct kernel *kernel, uint64_t task, int32_t *adj);
