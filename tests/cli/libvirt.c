/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libvirt.so.0 and libvirt-qemu.so.0 in one, for qmp.bats: the only guest is named "guest", and its monitor is the
 * socket s. By the name "greedy", each of its commands allocates 1 GiB. As libvirtd does, it refuses commands that have
 * an id, and adds its own. It holds the pipe `asks` open, so that the reader of this pipe sees when the process has
 * ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST = 1 << 20 };

static int monitor = -1;
static int greedy;
static const char *why = "no \"error\"";

const char *virGetLastErrorMessage(void)
{
	return why;
}

void virSetErrorFunc(void *arg, void (*report)(void *, void *))
{
	(void)arg, (void)report;
}

char *virConnectGetURI(void *connection)
{
	(void)connection;
	return strdup("qemu:///session");
}

/* Returns NULL at the end, when QEMU has ended. */
static char *receive_line(void)
{
	char *line = malloc(MOST), *end = NULL;
	size_t size = 0;
	ssize_t got;

	while (line && !end && size < MOST) {
		got = recv(monitor, line + size, MOST - size, MSG_PEEK);
		if (got <= 0)
			break;
		end = memchr(line + size, '\n', (size_t)got);
		/* What follows the line stays. */
		got = recv(monitor, line + size,
			   end ? (size_t)(end - line) + 1 - size : (size_t)got, 0);
		size += (size_t)got;
	}
	if (end) {
		*end = '\0';
		return line;
	}
	free(line);
	return NULL;
}

static void send_line(const char *line, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec part = { (void *)line, strlen(line) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control.room);
	}
	sendmsg(monitor, &message, 0);
}

void *virConnectOpen(const char *uri)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "s" };

	(void)uri;
	why = "no libvirtd";
	open("asks", O_RDWR);
	monitor = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(monitor, (struct sockaddr *)&address, sizeof(address)) < 0)
		return NULL;
	free(receive_line());
	send_line("{\"execute\": \"qmp_capabilities\"}\n", -1);
	free(receive_line());
	return &monitor;
}

void *virDomainLookupByName(void *connection, const char *name)
{
	(void)connection;
	why = "no guest of this name";
	greedy = !strcmp(name, "greedy");
	return greedy || !strcmp(name, "guest") ? &monitor : NULL;
}

int virDomainQemuMonitorCommandWithFiles(void *domain, const char *command, unsigned int nr_in,
					 int *in, unsigned int *nr_out, int **out, char **result,
					 unsigned int flags)
{
	char *line = NULL;

	(void)domain, (void)out, (void)flags;
	why = "no memory";
	if (greedy && !malloc(1 << 30))
		return -1;
	why = "Unable to append command \"id\"";
	if (strstr(command, "\"id\"") || strstr(command, "dump-guest-memory"))
		return -1;
	*nr_out = 0;
	asprintf(&line, "%.*s, \"id\": \"libvirt-1\"}\n", (int)strlen(command) - 1, command);
	send_line(line, nr_in ? *in : -1);
	why = "QEMU has ended";
	do {
		free(line);
		line = receive_line();
	} while (line && !strstr(line, "\"libvirt-1\""));
	*result = line;
	return line ? 0 : -1;
}
