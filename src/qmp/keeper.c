/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

enum {
	WAIT = 60000, /* milliseconds; QEMU may still write notes when kwalk is killed */
	MOST_READS = 1024,
	LOOK_AFTER = 500, /* milliseconds between two looks at kwalk while the guest stands still */
};

static const char stopped_mark = 's', continued_mark = 'c';

/* Sends the command. The byte 0xff ends a command that kwalk may have sent in part:
 * docs/interop/qmp-spec.rst in QEMU. */
static bool send_continue(int socket)
{
	static const char command[] = "\xff{\"execute\":\"cont\",\"id\":\"" KEEPER_ID "\"}\n";

	while (write(socket, command, sizeof(command) - 1) < 0)
		if ((errno != EAGAIN && errno != EINTR) ||
		    poll(&(struct pollfd){ .fd = socket, .events = POLLOUT }, 1, WAIT) <= 0)
			return false;
	return true;
}

/* Continues the guest when kwalk has ended, and waits until QEMU has read the command. */
static void keeper_continue(int socket)
{
	static const char id[] = KEEPER_ID;
	struct pollfd ready = { .fd = socket, .events = POLLIN };
	char text[4096];
	size_t kept = 0;
	ssize_t got;

	if (!send_continue(socket))
		return;
	for (int i = 0; i < MOST_READS && poll(&ready, 1, WAIT) > 0; i++) {
		got = read(socket, text + kept, sizeof(text) - kept);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0 || memmem(text, kept + (size_t)got, id, sizeof(id) - 1))
			return;
		/* The id may be in this text and in the next one. */
		kept += (size_t)got;
		if (kept >= sizeof(id)) {
			memmove(text, text + kept - sizeof(id), sizeof(id));
			kept = sizeof(id);
		}
	}
}

void keeper_detach(int *fds, int nr)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE };
	long most = sysconf(_SC_OPEN_MAX);

	/* Signals that end a group of processes end kwalk, but not this process. */
	setsid();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	/* The numbers from 10 on are free of the first ones. */
	for (int i = 0; i < nr; i++)
		fds[i] = fcntl(fds[i], F_DUPFD, 10);
	for (int i = 0; i < nr; i++)
		fds[i] = dup2(fds[i], 3 + i);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	for (int fd = 3 + nr; fd < (most > 0 && most < 65536 ? most : 65536); fd++)
		close(fd);
}

/* Is kwalk stopped by a signal such as SIGSTOP? `status` is its /proc/PID/stat, which contains
 * "PID (NAME) STATE". */
static bool keeper_is_stopped(int status)
{
	char text[128];
	ssize_t size = pread(status, text, sizeof(text) - 2, 0);
	const char *end = size > 0 ? memrchr(text, ')', (size_t)size) : NULL;

	return end && size - (end - text) > 2 && end[2] == 'T';
}

/* If kwalk is stopped while the guest stands still, the guest is continued once. QEMU then sends
 * the event RESUME to kwalk, whose command fails when kwalk runs again. */
static void look_at_kwalk(int socket, int status, bool *continued)
{
	bool stopped = keeper_is_stopped(status);

	if (stopped && !*continued)
		send_continue(socket);
	*continued = stopped;
}

static void __attribute__((noreturn)) run_keeper(int socket, int pipe, int status)
{
	int fds[] = { socket, pipe, status };
	bool stopped = false, continued = false;
	ssize_t got;
	char mark;

	keeper_detach(fds, 3);
	sandbox_enter(false);
	for (;;) {
		struct pollfd told = { .fd = fds[1], .events = POLLIN };

		if (poll(&told, 1, stopped ? LOOK_AFTER : -1) == 0) {
			look_at_kwalk(fds[0], fds[2], &continued);
			continue;
		}
		got = read(fds[1], &mark, 1);
		if (got == 1)
			stopped = mark == stopped_mark;
		else if (got == 0 || errno != EINTR)
			break;
	}
	if (stopped)
		keeper_continue(fds[0]);
	_exit(0);
}

int keeper_start(int socket, struct error *err)
{
	/* Relative to this process, not to the keeper. */
	int status = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	int ends[2];
	pid_t process;

	if (status < 0) {
		system_error(err, "/proc/self/stat");
		return -1;
	}
	if (pipe2(ends, O_CLOEXEC) < 0) {
		system_error(err, "pipe2()");
		close(status);
		return -1;
	}
	process = fork();
	if (process == 0) {
		close(ends[1]);
		run_keeper(socket, ends[0], status);
	}
	close(status);
	close(ends[0]);
	if (process > 0)
		return ends[1];
	system_error(err, "fork()");
	close(ends[1]);
	return -1;
}

bool keeper_tell(int pipe, bool stopped)
{
	ssize_t written;

	do {
		written = write(pipe, stopped ? &stopped_mark : &continued_mark, 1);
	} while (written < 0 && errno == EINTR);
	return written == 1;
}
