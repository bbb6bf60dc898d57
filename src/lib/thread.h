/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The library's state for this thread: the only state outside of handles. */
#pragma once

#include <stdbool.h>

struct kwalk_kernel;

/* The kernel that a call of this thread is using; NULL: no call. */
struct kwalk_kernel *thread_at_work(void);
/* Returns the previous kernel. */
struct kwalk_kernel *thread_set_work(struct kwalk_kernel *handle);

/* Did an allocation of the library fail in this thread since the last call of this function? */
bool thread_ran_out(void);
