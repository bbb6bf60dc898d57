/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the lock or completion for which a sleeping task waits, from its stack. */
#pragma once

#include "linux/unwind/unwind.h"

struct wait {
	const char *kind; /* static: "mutex", "rwsem", "semaphore", "completion" */
	uint64_t object; /* address of the lock or completion */
	size_t frame; /* index in the trace of the frame of the function that waits */
	const struct task *owner; /* borrowed from the kernel; NULL: readers, nobody, or unknown */
};

/* Returns false if the task does not wait for an object of these kinds, or if the object is
 * unknown. */
bool wait_find(struct kernel *kernel, const struct task *task, const struct backtrace *trace,
	       struct wait *wait);
