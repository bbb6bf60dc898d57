/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The largest processes: for each, the memory that only this process maps, the memory that it
 * shares, and its page tables. */
#pragma once

#include "kernel/kernel.h"
#include "linux/task/task.h"

enum { MOST_PROCESSES = 100 };

struct process_use {
	int32_t pid;
	char comm[TASK_COMM_MAX];
	char state; /* as in struct task_info; 0: unknown */
	bool has_rss;
	uint64_t rss; /* resident memory in bytes, from the kernel's counters */
	/* The members below are results of scanning the page table. If has_tables is false, the
	 * table could not be scanned, and `why` is the reason. */
	bool has_tables;
	bool whole; /* the whole page table was valid and in the dump */
	struct error why;
	/* Number of mapped bytes. own: in frames that no other process maps; shared: in all other
	 * frames. */
	uint64_t own, shared;
	uint64_t tables; /* size of the page tables in bytes, without the top-level table */
};

struct process_map {
	bool known;
	struct error why;
	/* owned; at most MOST_PROCESSES, sorted by size, the largest first */
	struct process_use *process;
	size_t nr;
	size_t nr_processes, nr_tasks, nr_kernel_threads; /* totals */
	uint64_t rss, own, shared, tables; /* sums for all processes */
	/* some frames could not be added to a sparse_set, so they were not compared */
	bool shared_cut;
	bool interrupted;
	struct damages damages; /* damage in the lists of tasks */
};

/* Makes the map. This cannot fail, because the map contains reasons for missing parts. tables:
 * whether to scan page tables, too. */
void process_map_make(struct process_map *map, struct kernel *kernel, bool tables);
void process_map_release(struct process_map *map); /* all members of map may be zero */
