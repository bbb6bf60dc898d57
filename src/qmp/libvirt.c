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
#include "qmp/guard.h"
#include "sandbox/memory.h"

#define LIBVIRT_SONAME "libvirt.so.0"
#define LIBVIRT_QEMU_SONAME "libvirt-qemu.so.0"

/* libvirt-qemu is in the same package. */
DLOPEN_SUGGESTION("libvirt", LIBVIRT_SONAME, "Opens running guests of libvirt");

enum {
	HELLO_WAIT = 10000, /* milliseconds */
	END_WAIT = 5, /* seconds */
	CONTINUE_WAIT = 60, /* seconds; the guest must be continued before */
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

static void *domain; /* the guest */

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
	void *connection, *found;

	if (!libvirt_load(hello))
		return NULL;
	libvirt.on_error(NULL, print_nothing);
	connection = libvirt.open(NULL);
	found = connection ? libvirt.find(connection, name) : NULL;
	if (found)
		hello->guest = find_guest(connection, name);
	else
		snprintf(hello->why, sizeof(hello->why), "%s", libvirt.why());
	return found;
}

/* Sends a reply as one line. Of all that it contains, this process looks only at the numbers of the
 * descriptor that QEMU has got. */
static bool send_reply(struct guard *guard, char *reply)
{
	size_t size = strlen(reply);

	qmp_rules_note_reply(&guard->rules, reply);
	for (size_t i = 0; i < size; i++)
		if (reply[i] == '\n')
			reply[i] = ' ';
	reply[size] = '\n';
	return guard_send(guard, reply, size + 1);
}

static bool send_failure(struct guard *guard)
{
	char reply[1024], *why;
	int start = snprintf(reply, sizeof(reply), "{\"error\": {\"desc\": \"");

	snprintf(reply + start, sizeof(reply) - (size_t)start - 4, "%s", libvirt.why());
	for (why = reply + start; *why; why++)
		if (*why == '"' || *why == '\\' || (unsigned char)*why < ' ')
			*why = '\'';
	memcpy(why, "\"}}", 4);
	return send_reply(guard, reply);
}

static bool libvirt_execute(struct guard *guard, const char *text, int fd, bool own)
{
	char *result = NULL, *larger;
	unsigned int nr_out = 0;
	int *out = NULL;
	bool ok;

	if (libvirt.command(domain, text, fd >= 0, fd >= 0 ? &fd : NULL, &nr_out, &out, &result,
			    0) < 0)
		return own || send_failure(guard);
	for (unsigned int i = 0; i < nr_out; i++)
		close(out[i]);
	free(out);
	larger = result ? realloc(result, strlen(result) + 2) : NULL;
	ok = own || (larger && send_reply(guard, larger));
	free(larger ?: result);
	return ok;
}

/* A thread that ends this process after kwalk has ended, even if libvirt waits for a reply that
 * never comes. A command that was sent before may still be executed. */
static void *end_after_kwalk(void *arg)
{
	const struct guard *guard = arg;
	struct pollfd closed = { .fd = guard->kwalk };

	while (poll(&closed, 1, -1) < 0 && errno == EINTR)
		;
	sleep(guard->rules.stopped ? CONTINUE_WAIT : END_WAIT);
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

static void run_for_libvirt(struct guard *guard, const void *name)
{
	struct libvirt_hello hello = { 0 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, end_after_kwalk, guard) != 0)
		_exit(1);
	/* If libvirt starts a daemon, the daemon needs these descriptors. */
	for (int fd = 0; fd < 3; fd++)
		if (open("/dev/null", O_RDWR) != fd)
			_exit(1);
	domain = libvirt_find_domain(name, &hello);
	libvirt_limit();
	if (guard_send(guard, (const char *)&hello, sizeof(hello)) && domain)
		guard_run(guard);
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

bool libvirt_connect(struct qmp *qmp, const char *name, bool may_stop, struct error *err)
{
	const char *guest = after_start(name, LIBVIRT_START);
	const struct guard guard = {
		.qemu = -1,
		.rules = { .may_stop = may_stop },
		.execute = libvirt_execute,
		.run = run_for_libvirt,
	};

	*qmp = (struct qmp){
		.name = name,
		.socket = -1,
		.notes = -1,
		.memory = -1,
		.in_order = true,
	};
	if (!libvirt_is_name(guest))
		return fail(err, ERROR_USAGE, "%s: is not the name of a guest", name);
	return guard_start(qmp, &guard, guest, err) && receive_hello(qmp, err);
}
