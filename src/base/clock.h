/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Elapsed time, which changes of the time of day do not affect. */
#pragma once

#include <stdint.h>
#include <time.h>

/* Milliseconds since an arbitrary start. Exact to a tick of the kernel: costs a few nanoseconds and
 * no system call. */
static inline uint64_t clock_coarse(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}
