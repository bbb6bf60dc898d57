/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes, by the size of their memory: memory that only one process has, shared memory, and
 * page tables. */
#pragma once

#include "kernel/kernel.h"
#include "linux/task/task.h"

enum { MOST_PROCESSES = 100 };

struct process_use {
	int32_t pid;
	char comm[TASK_COMM_MAX];
	char state; /* as in struct task_info; 0: unknown */
	bool has_rss;
	uint64_t rss; /* in bytes; from the counters of the kernel */
	/* The members below were found by a scan of the page table. If has_tables is false, the
	 * table could not be scanned, and why has the reason. */
	bool has_tables;
	bool whole; /* the whole page table was in the dump and valid */
	struct error why;
	/* Mapped bytes: of frames that no other process maps, and of all other frames. */
	uint64_t own, shared;
	uint64_t tables; /* size of the page tables in bytes, without the top level */
};

struct process_map {
	bool known;
	struct error why;
	struct process_use *process; /* owned; the largest first, at most MOST_PROCESSES */
	size_t nr;
	size_t nr_processes, nr_tasks, nr_kernel_threads; /* totals */
	uint64_t rss, own, shared, tables; /* sums over all processes */
	bool shared_cut; /* some frames were too high for sparse_set, and were not compared */
	bool interrupted;
	struct damages damages; /* damages of the task lists */
};

/* Cannot fail, because missing parts have their reasons. tables: page tables are scanned, too. */
void process_map_make(struct process_map *map, struct kernel *kernel, bool tables);
void process_map_release(struct process_map *map); /* map may be zeroed */
