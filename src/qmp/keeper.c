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
};

static const char stopped_mark = 's', continued_mark = 'c';

/* Sends the command, and waits until QEMU has read it. The byte 0xff ends a command that kwalk may
 * have sent in part: docs/interop/qmp-spec.rst in QEMU. */
static void keeper_continue(int socket)
{
	static const char command[] = "\xff{\"execute\":\"cont\",\"id\":\"kwalk-keeper\"}\n";
	static const char id[] = "kwalk-keeper";
	struct pollfd ready = { .fd = socket, .events = POLLIN };
	char text[4096];
	size_t kept = 0;
	ssize_t got;

	while (write(socket, command, sizeof(command) - 1) < 0)
		if ((errno != EAGAIN && errno != EINTR) ||
		    poll(&(struct pollfd){ .fd = socket, .events = POLLOUT }, 1, WAIT) <= 0)
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

/* Moves the two descriptors to 3 and 4, and closes all others. */
static void keep_descriptors(int *socket, int *pipe)
{
	long most = sysconf(_SC_OPEN_MAX);

	/* The numbers from 10 on are free of 3 and 4. */
	*socket = fcntl(*socket, F_DUPFD, 10);
	*pipe = fcntl(*pipe, F_DUPFD, 10);
	dup2(*socket, 3);
	dup2(*pipe, 4);
	*socket = 3;
	*pipe = 4;
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	for (int fd = 5; fd < (most > 0 && most < 65536 ? most : 65536); fd++)
		close(fd);
}

static void __attribute__((noreturn)) run_keeper(int socket, int pipe)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE };
	bool stopped = false;
	ssize_t got;
	char mark;

	/* Signals that end a group of processes end kwalk, but not this process. */
	setsid();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	keep_descriptors(&socket, &pipe);
	sandbox_enter(false);
	for (;;) {
		got = read(pipe, &mark, 1);
		if (got == 1)
			stopped = mark == stopped_mark;
		else if (got == 0 || errno != EINTR)
			break;
	}
	if (stopped)
		keeper_continue(socket);
	_exit(0);
}

int keeper_start(int socket, struct error *err)
{
	int ends[2];
	pid_t process;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		system_error(err, "pipe2()");
		return -1;
	}
	process = fork();
	if (process == 0) {
		close(ends[1]);
		run_keeper(socket, ends[0]);
	}
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
