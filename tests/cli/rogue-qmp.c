/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * To be preloaded into kwalk: what code that has taken control of it might ask of QEMU. At the third request, sends
 * the text ROGUE on the same socket, as bytes and with a descriptor; or, if ROGUE begins with '#', a request with the
 * numbers after it. Writes the reply to the request to standard error.
 */
#include "preload.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "qmp/request.h"

static void send_text(int fd, const char *text)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec part = { (void *)text, strlen(text) };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control.room) };
	int none = STDERR_FILENO;

	memcpy(CMSG_DATA(&control.header), &none, sizeof(none));
	sendmsg(fd, &message, MSG_NOSIGNAL);
}

static void send_numbers(int fd, const char *numbers, __typeof__(write) *next)
{
	struct qmp_request request = { .id = 4242 };
	unsigned long long paddr = 0, size = 0;
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char reply[65536];
	ssize_t got;

	sscanf(numbers, "%u %llx %llx", &request.command, &paddr, &size);
	request.paddr = paddr;
	request.size = size;
	next(fd, &request, sizeof(request));
	poll(&ready, 1, 10000);
	got = read(fd, reply, sizeof(reply));
	if (got > 0)
		next(STDERR_FILENO, reply, (size_t)got);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	static __typeof__(write) *next;
	static int nr;
	const char *rogue = getenv("ROGUE");

	if (!next)
		*(void **)&next = NEXT_OF("write");
	if (rogue && size == sizeof(struct qmp_request) && ++nr == 3) {
		if (*rogue == '#')
			send_numbers(fd, rogue + 1, next);
		else
			send_text(fd, rogue);
	}
	return next(fd, bytes, size);
}
