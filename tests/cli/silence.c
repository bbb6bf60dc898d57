/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be preloaded into kwalk: time passes at once. After the second request with the number SILENCE (enum qmp_command),
 * which the fake QEMU does not reply to (qmp.py), the clock is set to the end of each wait for a reply, which is written
 * to standard error as "waited SECONDS". If FLOOD is set, this begins with the first such request; QEMU then sends
 * without an end, and seconds pass for each part.
 */
#include "preload.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "qmp/request.h"

static int nr_asked;
static bool is_silent;
static long passed; /* seconds */

ssize_t write(int fd, const void *bytes, size_t size)
{
	static __typeof__(write) *next;
	const char *number = getenv("SILENCE");
	struct qmp_request request;

	if (!next)
		*(void **)&next = NEXT_OF("write");
	if (number && size == sizeof(request)) {
		memcpy(&request, bytes, size);
		is_silent = request.command == (uint32_t)atoi(number) &&
			    ++nr_asked >= (getenv("FLOOD") ? 1 : 2);
	}
	return next(fd, bytes, size);
}

int poll(struct pollfd *fds, nfds_t nr, int timeout)
{
	static __typeof__(poll) *next;

	if (!next)
		*(void **)&next = NEXT_OF("poll");
	if (!is_silent || timeout <= 0)
		return next(fds, nr, timeout);
	if (getenv("FLOOD")) {
		passed += 7; /* never exactly to the end of a wait */
		return next(fds, nr, -1);
	}
	passed += (timeout + 999) / 1000;
	dprintf(STDERR_FILENO, "waited %d\n", (timeout + 999) / 1000);
	return 0;
}

/* Otherwise it stands still. */
int clock_gettime(clockid_t clock, struct timespec *to)
{
	if (!getenv("SILENCE") || clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, to);
	*to = (struct timespec){ .tv_sec = 1000 + passed };
	return 0;
}
