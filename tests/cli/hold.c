/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be preloaded: holds the program at call number HOLD_AT of HOLD, "write" to a file or
 * "clock". There it writes a line to descriptor 8, and goes on when a line comes from
 * descriptor 9: held() in common.bash.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;

static void here(const char *name)
{
	const char *hold = getenv("HOLD"), *at = getenv("HOLD_AT");
	char go;

	if (!hold || !at || strcmp(hold, name) || ++calls != strtol(at, NULL, 10))
		return;
	if (write(8, "held\n", 5) != 5)
		abort();
	while (read(9, &go, 1) < 0)
		continue; /* a signal */
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	here("write");
	return syscall(SYS_pwrite64, fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
	here("write");
	return syscall(SYS_pwrite64, fd, bytes, size, at);
}

/* kwalk looks at this one where it might have to stop, if it has a bound (--timeout). */
int clock_gettime(clockid_t clock, struct timespec *to)
{
	if (clock == CLOCK_MONOTONIC_COARSE)
		here("clock");
	return (int)syscall(SYS_clock_gettime, clock, to);
}
