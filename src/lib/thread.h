/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The state of this thread in the library: the only state that is not in a handle. */
#pragma once

#include <stdbool.h>

struct kwalk_kernel;

/* The kernel that a call is at work with; NULL: none. */
struct kwalk_kernel *thread_at_work(void);
/* Returns the previous one. */
struct kwalk_kernel *thread_set_work(struct kwalk_kernel *handle);

/* Did an allocation of the library's own fail since the last call? */
bool thread_ran_out(void);
