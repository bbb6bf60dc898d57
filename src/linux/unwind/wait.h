/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the lock or completion for which a sleeping task waits. A struct on the task's stack refers
 * to this lock or completion. */
#pragma once

#include "linux/unwind/unwind.h"

struct wait {
	const char *kind; /* a static text: "mutex", "rwsem", "semaphore" or "completion" */
	uint64_t object; /* address of the lock or completion */
	size_t frame; /* index in the trace: frame of the function that waits */
	/* The task that holds the lock; borrowed. If is_reader, the task that was the last to take
	 * the lock for reading, and may have released it since. NULL: no task, or unknown. */
	const struct task *owner;
	bool is_reader;
};

/* Finds the object for which the task waits. trace: the functions of the task. Returns false if the
 * object is not one of these kinds, or if it cannot be found. */
bool wait_find(struct kernel *kernel, const struct task *task, const struct backtrace *trace,
	       struct wait *wait);
