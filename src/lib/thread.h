/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The state of the library in each thread. All other state is in handles. */
#pragma once

#include <stdbool.h>

struct kwalk_kernel;

/* Returns the handle that a call in this thread is using, or NULL if there is no call. */
struct kwalk_kernel *thread_at_work(void);
/* Sets the handle, and returns the previous handle. */
struct kwalk_kernel *thread_set_work(struct kwalk_kernel *handle);

/* Returns true if an allocation of the library failed in this thread since the last call of
 * thread_ran_out(). */
bool thread_ran_out(void);
