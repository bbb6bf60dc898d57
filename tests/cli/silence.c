/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be preloaded into kwalk: time passes at once. sleep() returns at once. After the second message that contains
 * SILENCE, which the fake QEMU does not reply to (qmp.py), the clock is set to the end of each wait for a reply, which
 * is written to standard error as "waited SECONDS".
 */
#include "preload.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int nr_asked;
static bool is_silent;
static long passed; /* seconds */

unsigned int sleep(unsigned int seconds)
{
	(void)seconds;
	return 0;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	static __typeof__(sendmsg) *next;
	const char *command = getenv("SILENCE");

	if (!next)
		*(void **)&next = NEXT_OF("sendmsg");
	is_silent = command &&
		    memmem(message->msg_iov->iov_base, message->msg_iov->iov_len, command,
			   strlen(command)) &&
		    ++nr_asked >= 2;
	return next(fd, message, flags);
}

int poll(struct pollfd *fds, nfds_t nr, int timeout)
{
	static __typeof__(poll) *next;

	if (!next)
		*(void **)&next = NEXT_OF("poll");
	if (!is_silent || timeout <= 0)
		return next(fds, nr, timeout);
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
