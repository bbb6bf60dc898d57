/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the work for whose end a sleeping task waits: flush_work() and cancel_work_sync() of
 * kernel/workqueue.c. */
#pragma once

#include "linux/unwind/wait.h"

/* *wait describes a completion. If the completion is in a struct wq_barrier, replaces it by the work
 * and the task that runs the work, and returns true. */
bool wait_work_find(const struct wait_search *search, struct wait *wait);
