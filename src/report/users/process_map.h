/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes by their memory: memory of their own, shared memory, and page tables. */
#pragma once

#include "kernel/kernel.h"
#include "linux/task/task.h"

enum { MOST_PROCESSES = 100 };

struct process_use {
	int32_t pid;
	char comm[TASK_COMM_MAX];
	char state; /* as in struct task_info; 0: unknown */
	bool has_rss;
	uint64_t rss; /* in bytes, by the kernel's counters */
	/* By the page table; false: the table could not be scanned, see why. */
	bool has_tables;
	bool whole; /* the whole table was in the dump, and valid */
	struct error why;
	/* Bytes mapped: frames that no other process maps, and other frames. */
	uint64_t own, shared;
	uint64_t tables; /* bytes of its page tables below the top level */
};

struct process_map {
	bool known;
	struct error why;
	struct process_use *process; /* owned; the largest first, at most MOST_PROCESSES */
	size_t nr;
	size_t nr_processes, nr_tasks, nr_kernel_threads; /* totals */
	uint64_t rss, own, shared, tables; /* sums over all processes */
	bool shared_cut; /* some frames were too high to be compared */
	bool interrupted;
	struct damages damages; /* damages of the lists of tasks */
};

/* Cannot fail: missing parts have their reasons. tables: also scan page tables. */
void process_map_make(struct process_map *map, struct kernel *kernel, bool tables);
void process_map_release(struct process_map *map); /* zeroed is fine */
