/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The lock or completion that a sleeping task waits for, proved by its stack. */
#pragma once

#include "linux/unwind/unwind.h"

struct wait {
	const char *kind; /* static: "mutex", "rwsem", "semaphore", "completion" */
	uint64_t object; /* address of the lock or completion */
	size_t frame; /* number in the trace of the function that waits */
	const struct task *owner; /* borrowed from the kernel; NULL: readers, none, or unknown */
};

/* False: the task waits for no object of these kinds, or the object is unknown. */
bool wait_find(struct kernel *kernel, const struct task *task, const struct backtrace *trace,
	       struct wait *wait);
