/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Elapsed time, which does not depend on changes of the time of day. */
#pragma once

#include <stdint.h>
#include <time.h>

/* Milliseconds since an arbitrary start, exact to a tick of the kernel. The call takes a few
 * nanoseconds, without a system call. */
static inline uint64_t clock_coarse(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}
