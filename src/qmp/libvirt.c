/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/libvirt.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/dlopen_note.h"
#include "base/text.h"
#include "qmp/keeper.h"
#include "sandbox/memory.h"

#define LIBVIRT_SONAME "libvirt.so.0"
#define LIBVIRT_QEMU_SONAME "libvirt-qemu.so.0"

/* libvirt-qemu is in the same package. */
DLOPEN_SUGGESTION("libvirt", LIBVIRT_SONAME, "Opens running guests of libvirt");

enum {
	LONGEST_COMMAND = 4096,
	HELLO_WAIT = 10000, /* milliseconds */
	END_WAIT = 5, /* seconds */
	MOST_MEMORY = 256 << 20, /* a message of libvirt has at most 32 MiB */
	MOST_CPU_TIME = 3600, /* seconds */
};

/* The first message of the process: the process that runs the guest, or 0 if it is unknown, and the
 * reason why there is no guest, or "". */
struct libvirt_hello {
	pid_t guest;
	char why[256];
};

/* --- in the process outside of the sandbox --- */

/* The functions of libvirt. kwalk is not linked with libvirt, and needs no headers of it. The
 * function `command` exists since libvirt 8.2. */
static struct {
	void *(*open)(const char *uri);
	char *(*uri)(void *connection);
	void *(*find)(void *connection, const char *name);
	int (*command)(void *domain, const char *command, unsigned int nr_in, int *in,
		       unsigned int *nr_out, int **out, char **result, unsigned int flags);
	const char *(*why)(void);
	void (*on_error)(void *arg, void (*report)(void *arg, void *error));
} libvirt;

static bool libvirt_load(struct libvirt_hello *hello)
{
	void *base = dlopen(LIBVIRT_SONAME, RTLD_NOW | RTLD_LOCAL);
	void *qemu = base ? dlopen(LIBVIRT_QEMU_SONAME, RTLD_NOW | RTLD_LOCAL) : NULL;

	if (!qemu) {
		snprintf(hello->why, sizeof(hello->why), "%s", dlerror());
		return false;
	}
#define LOAD(MEMBER, LIBRARY, NAME)                                                                \
	libvirt.MEMBER = (__typeof__(libvirt.MEMBER))dlsym(LIBRARY, NAME)
	LOAD(open, base, "virConnectOpen");
	LOAD(uri, base, "virConnectGetURI");
	LOAD(find, base, "virDomainLookupByName");
	LOAD(why, base, "virGetLastErrorMessage");
	LOAD(on_error, base, "virSetErrorFunc");
	LOAD(command, qemu, "virDomainQemuMonitorCommandWithFiles");
#undef LOAD
	if (libvirt.open && libvirt.uri && libvirt.find && libvirt.why && libvirt.on_error &&
	    libvirt.command)
		return true;
	snprintf(hello->why, sizeof(hello->why),
		 "this libvirt is older than 8.2, so it passes no files to QEMU");
	return false;
}

/* Replaces the function of libvirt that prints errors. */
static void print_nothing(void *arg, void *error)
{
	(void)arg, (void)error;
}

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), end_size = strlen(end);

	return size >= end_size && !strcmp(text + size - end_size, end);
}

/* Reads the number of the process from the file that libvirtd writes: virPidFileBuildPath() of
 * src/util/virpidfile.c, with cfg->stateDir of src/qemu/qemu_conf.c in libvirt. Returns 0 if it is
 * not known: then QEMU copies the memory. */
static pid_t find_guest(void *connection, const char *name)
{
	char *uri = libvirt.uri(connection), path[PATH_MAX] = "";
	const char *folder = getenv("XDG_RUNTIME_DIR");
	FILE *file;
	int guest = 0;

	if (uri && ends_with(uri, "/system"))
		snprintf(path, sizeof(path), "/run/libvirt/qemu/%s.pid", name);
	else if (uri && ends_with(uri, "/session") && folder)
		snprintf(path, sizeof(path), "%s/libvirt/qemu/run/%s.pid", folder, name);
	free(uri);
	file = *path ? fopen(path, "re") : NULL;
	if (file && fscanf(file, "%d", &guest) != 1)
		guest = 0;
	if (file)
		fclose(file);
	return guest > 0 ? guest : 0;
}

/* Returns the guest of this name, or NULL. */
static void *libvirt_find_domain(const char *name, struct libvirt_hello *hello)
{
	void *connection, *domain;

	if (!libvirt_load(hello))
		return NULL;
	libvirt.on_error(NULL, print_nothing);
	connection = libvirt.open(NULL);
	domain = connection ? libvirt.find(connection, name) : NULL;
	if (domain)
		hello->guest = find_guest(connection, name);
	else
		snprintf(hello->why, sizeof(hello->why), "%s", libvirt.why());
	return domain;
}

static bool send_all(int to, const char *text, size_t size)
{
	while (size) {
		ssize_t sent = send(to, text, size, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		text += sent;
		size -= (size_t)sent;
	}
	return true;
}

/* Sends a reply as one line, which contains nothing that this process would have to understand. */
static bool send_reply(int to, char *reply)
{
	size_t size = strlen(reply);

	for (size_t i = 0; i < size; i++)
		if (reply[i] == '\n')
			reply[i] = ' ';
	reply[size] = '\n';
	return send_all(to, reply, size + 1);
}

static bool send_failure(int to)
{
	char reply[1024], *why;
	int start = snprintf(reply, sizeof(reply), "{\"error\": {\"desc\": \"");

	snprintf(reply + start, sizeof(reply) - (size_t)start - 4, "%s", libvirt.why());
	for (why = reply + start; *why; why++)
		if (*why == '"' || *why == '\\' || (unsigned char)*why < ' ')
			*why = '\'';
	memcpy(why, "\"}}", 4);
	return send_reply(to, reply);
}

/* Executes a command, with a descriptor or -1. Returns false if the process must end. */
static bool libvirt_execute(int to, void *domain, const char *command, int fd)
{
	/* The keeper sends its command last, and waits for the end of this process. libvirtd refuses
	 * a command that has an id. */
	bool is_last = strstr(command, KEEPER_ID);
	char *result = NULL, *larger;
	unsigned int nr_out = 0;
	int *out = NULL;
	bool ok;

	if (is_last)
		command = "{\"execute\": \"cont\"}";
	if (libvirt.command(domain, command, fd >= 0, fd >= 0 ? &fd : NULL, &nr_out, &out, &result,
			    0) < 0)
		return send_failure(to) && !is_last;
	for (unsigned int i = 0; i < nr_out; i++)
		close(out[i]);
	free(out);
	larger = result ? realloc(result, strlen(result) + 2) : NULL;
	ok = larger && send_reply(to, larger);
	free(larger ?: result);
	return ok && !is_last;
}

/* Receives commands, which are lines, and executes them. */
static void libvirt_serve(int socket, void *domain)
{
	char text[LONGEST_COMMAND], *end;
	int fd = -1;
	size_t size = 0;

	for (;;) {
		union {
			struct cmsghdr header;
			char room[CMSG_SPACE(sizeof(int))];
		} control;
		struct iovec part = { text + size, sizeof(text) - size };
		struct msghdr message = { .msg_iov = &part,
					  .msg_iovlen = 1,
					  .msg_control = &control,
					  .msg_controllen = sizeof(control) };
		ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
		const struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		if (header && header->cmsg_type == SCM_RIGHTS) {
			if (fd >= 0)
				close(fd);
			memcpy(&fd, CMSG_DATA(header), sizeof(fd));
		}
		size += (size_t)got;
		while ((end = memchr(text, '\n', size))) {
			/* A command that kwalk has sent in part ends with this byte. */
			char *start = memrchr(text, 0xff, (size_t)(end - text));
			size_t length = (size_t)(end - text) + 1;

			*end = '\0';
			if (!libvirt_execute(socket, domain, start ? start + 1 : text, fd))
				return;
			if (fd >= 0)
				close(fd);
			fd = -1;
			size -= length;
			memmove(text, end + 1, size);
		}
		if (size == sizeof(text))
			return;
	}
}

/* A thread that ends this process after kwalk and its keeper have ended, even if libvirt waits
 * for a reply that never comes. A command that was sent before may still be executed. */
static void *end_after_kwalk(void *socket)
{
	struct pollfd closed = { .fd = *(const int *)socket };

	while (poll(&closed, 1, -1) < 0 && errno == EINTR)
		;
	sleep(END_WAIT);
	_exit(0);
}

/* Bounds what a defect of libvirt can use. Must be called after libvirt has connected, because a
 * daemon that it starts inherits the bounds. */
static void libvirt_limit(void)
{
	const struct rlimit time = { MOST_CPU_TIME, MOST_CPU_TIME };

	setrlimit(RLIMIT_CPU, &time); /* if this fails, there is no bound */
	limit_memory(MOST_MEMORY);
	limit_hold();
}

static void __attribute__((noreturn)) run_libvirt(int socket, const char *name)
{
	struct libvirt_hello hello = { 0 };
	pthread_t thread;
	void *domain;

	keeper_detach(&socket, 1);
	if (pthread_create(&thread, NULL, end_after_kwalk, &socket) != 0)
		_exit(1);
	/* If libvirt starts a daemon, the daemon needs these descriptors. */
	for (int fd = 0; fd < 3; fd++)
		if (open("/dev/null", O_RDWR) != fd)
			_exit(1);
	domain = libvirt_find_domain(name, &hello);
	libvirt_limit();
	if (send_all(socket, (const char *)&hello, sizeof(hello)) && domain)
		libvirt_serve(socket, domain);
	_exit(0);
}

/* --- in kwalk --- */

/* Waits for the first message, outside of the sandbox. It contains nothing of the guest. */
static bool receive_hello(struct qmp *qmp, struct error *err)
{
	struct libvirt_hello hello;
	struct pollfd ready = { .fd = qmp->socket, .events = POLLIN };
	int nr;

	do {
		nr = poll(&ready, 1, HELLO_WAIT);
	} while (nr < 0 && errno == EINTR);
	if (nr <= 0)
		return fail(err, ERROR_SYSTEM, "%s: libvirtd does not reply in time", qmp->name);
	if (recv(qmp->socket, &hello, sizeof(hello), MSG_WAITALL) != sizeof(hello))
		return fail(err, ERROR_SYSTEM, "%s: the process that asks libvirtd has ended",
			    qmp->name);
	hello.why[sizeof(hello.why) - 1] = '\0';
	qmp->process = hello.guest;
	return !*hello.why || fail(err, ERROR_SYSTEM, "%s: %s", qmp->name, hello.why);
}

/* The name is part of a path. */
static bool libvirt_is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) < NAME_MAX;
}

bool libvirt_connect(struct qmp *qmp, const char *name, struct error *err)
{
	const char *guest = after_start(name, LIBVIRT_START);
	int ends[2];
	pid_t process;

	*qmp = (struct qmp){ .name = name, .socket = -1, .in_order = true };
	if (!libvirt_is_name(guest))
		return fail(err, ERROR_USAGE, "%s: is not the name of a guest", name);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return system_error(err, "socketpair()");
	process = fork();
	if (process == 0) {
		close(ends[0]);
		run_libvirt(ends[1], guest);
	}
	close(ends[1]);
	qmp->socket = ends[0];
	if (process < 0)
		return system_error(err, "fork()");
	return receive_hello(qmp, err) &&
	       (fcntl(qmp->socket, F_SETFL, O_NONBLOCK) == 0 || system_error(err, "fcntl()"));
}
