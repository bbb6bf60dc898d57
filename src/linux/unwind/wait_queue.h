/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the wait queue in which a sleeping task waits: wait_event(), prepare_to_wait() and
 * add_wait_queue() of include/linux/wait.h. */
#pragma once

#include "linux/unwind/wait.h"

/* Finds the queue from an entry of the task that is in [start, end) of its stack. Sets kind and
 * object of *wait; if the queue is on the stack of another task, this task is the owner. Returns
 * false if there is no entry, or if its list does not lead to the head of a queue. */
bool wait_queue_find(const struct wait_search *search, uint64_t start, uint64_t end,
		     struct wait *wait);
