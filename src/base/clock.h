/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Elapsed time. Changes of the time of day do not affect it. */
#pragma once

#include <stdint.h>
#include <time.h>

/* Returns the milliseconds since an arbitrary start, exact to a tick of the kernel. The call takes
 * only a few nanoseconds, because it needs no system call. */
static inline uint64_t clock_coarse(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* The same, exact to a millisecond. */
static inline uint64_t clock_exact(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}
