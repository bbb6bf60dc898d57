/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes by their memory: what is theirs alone, what they share, and what their page
 * tables weigh. */
#pragma once

#include "kernel/kernel.h"
#include "linux/task/task.h"

enum { MOST_PROCESSES = 100 };

struct process_use {
	int32_t pid;
	char comm[TASK_COMM_MAX];
	char state; /* as struct task_info's; 0: unknown */
	bool has_rss;
	uint64_t rss; /* bytes, by the kernel's counters */
	/* By its page table; false: that could not be scanned, and why says so. */
	bool has_tables;
	bool whole; /* all of the table was in the dump, and sound */
	struct error why;
	uint64_t own, shared; /* bytes mapped: of frames that no other process maps, others */
	uint64_t tables; /* bytes of its tables below the top-level one */
};

struct process_map {
	bool known;
	struct error why;
	struct process_use *process; /* owned; the largest first, at most MOST_PROCESSES */
	size_t nr;
	size_t nr_processes, nr_tasks, nr_kernel_threads; /* of all */
	uint64_t rss, own, shared, tables; /* sums of all processes */
	bool shared_cut; /* some frames are beyond those that could be compared */
	bool interrupted;
	struct damages damages; /* of the lists of tasks */
};

/* Cannot fail: what is not known says why. tables: also what their page tables show. */
void process_map_make(struct process_map *map, struct kernel *kernel, bool tables);
void process_map_release(struct process_map *map); /* zeroed is fine */
