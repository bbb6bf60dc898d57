/* SPDX-License-Identifier: GPL-3.0-or-later */
/* To be preloaded: each look at the clocks that kwalk uses takes a second. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

time_t time(time_t *to)
{
	static time_t now;

	now++;
	if (to)
		*to = now;
	return now;
}

int clock_gettime(clockid_t clock, struct timespec *to)
{
	static time_t now;

	if (clock != CLOCK_MONOTONIC_COARSE)
		return (int)syscall(SYS_clock_gettime, clock, to);
	*to = (struct timespec){ .tv_sec = ++now };
	return 0;
}
