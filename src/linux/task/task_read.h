/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads a task_struct, in one piece if possible. */
#pragma once

#include "kernel/member.h"
#include "linux/task/task.h"

enum {
	LAST_PID = 4 << 20, /* PID_MAX_LIMIT (include/linux/threads.h) */
	TASK_SPAN_MAX = 16384, /* the largest number of bytes of a task_struct that are read */
};

enum direction { FORWARD, BACKWARD };

struct task_links {
	uint64_t to[2]; /* next and prev of a list_head, as addresses */
};

/* A task, and its links in the lists of processes and threads. */
struct listed {
	struct task task;
	struct task_links tasks, threads;
	uint64_t signal;
};

struct task_reader {
	struct kernel *kernel;
	const struct member *comm;
	/* The members that link processes and threads. Borrowed from the kernel, or &in_pids. */
	const struct member *tasks, *threads;
	/* The head of the list of threads. NULL: the threads of a process form a ring without a
	 * head. */
	const struct member *thread_head;
	struct member in_pids; /* the list_head in pids[PIDTYPE_TGID] */
	struct member_bytes bytes; /* the part of a task_struct that contains all members */
	uint8_t span[TASK_SPAN_MAX]; /* the content of this part for the last task that was read */
};

/* Finds the members in the kernel's types. After this call the reader must not be moved in memory,
 * because reader->threads may point to reader->in_pids. */
bool task_reader_start(struct task_reader *reader, struct kernel *kernel, struct error *err);
/* Reads the task at `address`. Fails if no task can be at this address. */
bool task_read(struct task_reader *reader, uint64_t address, struct listed *node,
	       struct error *err);
