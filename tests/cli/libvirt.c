/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libvirt.so.0 and libvirt-qemu.so.0 in one, for qmp.bats: the only guest is named "guest", and its monitor is the
 * socket s. As libvirtd does, it refuses commands that have an id, and adds its own.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int monitor = -1;
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

static char *receive_line(void)
{
	char *line = malloc(1 << 20);
	size_t size = 0;

	while (read(monitor, line + size, 1) == 1 && line[size] != '\n')
		size++;
	line[size] = '\0';
	return line;
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
	return strcmp(name, "guest") ? NULL : &monitor;
}

int virDomainQemuMonitorCommandWithFiles(void *domain, const char *command, unsigned int nr_in, int *in,
					 unsigned int *nr_out, int **out, char **result, unsigned int flags)
{
	char *line;

	(void)domain, (void)out, (void)flags;
	why = "Unable to append command \"id\"";
	if (strstr(command, "\"id\"") || strstr(command, "dump-guest-memory"))
		return -1;
	*nr_out = 0;
	asprintf(&line, "%.*s, \"id\": \"libvirt-1\"}\n", (int)strlen(command) - 1, command);
	send_line(line, nr_in ? *in : -1);
	free(line);
	do {
		line = receive_line();
	} while (!strstr(line, "\"libvirt-1\""));
	*result = line;
	return 0;
}
