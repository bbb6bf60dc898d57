/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The state that the library has for each thread. All other state is in handles. */
#pragma once

#include <stdbool.h>

struct kwalk_kernel;

/* Returns the handle of the call that is running in this thread, or NULL if no call is running. */
struct kwalk_kernel *thread_at_work(void);
/* Sets the handle of the running call. Returns the previous handle. */
struct kwalk_kernel *thread_set_work(struct kwalk_kernel *handle);

/* Returns true if an allocation of the library has failed in this thread since the previous call of
 * this function. */
bool thread_ran_out(void);
