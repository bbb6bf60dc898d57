/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "qmp/qmp.h"
#include "qmp/request.h"
#include "sandbox/sandbox.h"

#define GUARD_ID "\"kwalk-guard\"" /* the id of the command that continues the guest */

enum {
	WAIT = 60000, /* milliseconds; QEMU may still write notes when kwalk is killed */
	LOOK_AFTER = 500, /* milliseconds between two looks at kwalk while the guest stands still */
	PACKET = 32 << 10, /* bytes; kwalk reads more at once */
	LONGEST_REPLY = 512, /* bytes; longer lines are not looked at */
};

struct guard {
	int kwalk; /* the socket to kwalk: packets with requests, and packets with replies */
	int qemu; /* the socket to QEMU */
	int notes, memory; /* the files in memory that QEMU writes to, and kwalk reads */
	int status; /* /proc/PID/stat of kwalk */
	struct qmp_rules rules;
};

/* --- commands --- */

/* Sends a command as a line, with the descriptor fd or -1. own: the guard sends it, and may interrupt a
 * command of kwalk: the byte 0xff ends a command that was sent in part (docs/interop/qmp-spec.rst in
 * QEMU). Returns false if the connection has ended. */
static bool send_to_qemu(const struct guard *guard, const char *text, int fd, bool own)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS,
				  .cmsg_len = CMSG_LEN(sizeof(int)) } };
	char line[QMP_REQUEST_TEXT + 4];
	struct iovec part = { .iov_base = line };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct pollfd ready = { .fd = guard->qemu, .events = POLLOUT };
	const uint64_t deadline = clock_exact() + WAIT;

	part.iov_len = (size_t)snprintf(line, sizeof(line), "%s%s\n", own ? "\xff" : "", text);
	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control.room);
	}
	while (sendmsg(guard->qemu, &message, MSG_NOSIGNAL) < 0) {
		uint64_t now = clock_exact();

		/* Commands are short, so they fit into the socket unless QEMU reads nothing. */
		if ((errno != EAGAIN && errno != EINTR) || now >= deadline ||
		    poll(&ready, 1, (int)(deadline - now)) <= 0)
			return false;
	}
	return true;
}

/* Makes the file for notes empty. Returns the file that QEMU gets with the command, or -1. */
static int guard_file(const struct guard *guard, uint32_t command)
{
	if (command == QMP_TAKE_MEMORY)
		return guard->memory;
	if (command != QMP_TAKE_NOTES)
		return -1;
	if (lseek(guard->notes, 0, SEEK_SET) < 0 || ftruncate(guard->notes, 0) < 0)
		_exit(1);
	return guard->notes;
}

/* Refuses a request, which kwalk itself does not send. */
static bool guard_refuse(const struct guard *guard, const char *id)
{
	char reply[QMP_REQUEST_TEXT];
	int size = snprintf(
		reply, sizeof(reply),
		"{\"id\":%s,\"error\":{\"desc\":\"the process outside of the sandbox does not pass this on\"}}\n",
		id);

	return write(guard->kwalk, reply, (size_t)size) == size;
}

/* Receives a request and executes it. Returns false if kwalk or QEMU has ended. */
static bool guard_serve(struct guard *guard)
{
	uint8_t packet[sizeof(struct qmp_request) + 1]; /* a longer packet is cut, and refused */
	ssize_t got = read(guard->kwalk, packet, sizeof(packet));
	struct qmp_request request;
	char id[16], text[QMP_REQUEST_TEXT];

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got != sizeof(request))
		return false;
	memcpy(&request, packet, sizeof(request));
	snprintf(id, sizeof(id), "%u", (unsigned int)request.id);
	if (!qmp_request_text(&request, &guard->rules, id, text))
		return guard_refuse(guard, id);
	/* Before QEMU gets the command, because then the guest may stand still. */
	qmp_rules_note(&guard->rules, &request);
	return send_to_qemu(guard, text, guard_file(guard, request.command), false);
}

static bool guard_continue(struct guard *guard)
{
	static const struct qmp_request request = { .command = QMP_CONT };
	char text[QMP_REQUEST_TEXT];

	return qmp_request_text(&request, &guard->rules, GUARD_ID, text) &&
	       send_to_qemu(guard, text, -1, true);
}

/* Is kwalk stopped by a signal such as SIGSTOP? guard->status is its /proc/PID/stat, which contains
 * "PID (NAME) STATE". */
static bool kwalk_is_stopped(const struct guard *guard)
{
	char text[128];
	ssize_t size = pread(guard->status, text, sizeof(text) - 2, 0);
	const char *end = size > 0 ? memrchr(text, ')', (size_t)size) : NULL;

	return end && size - (end - text) > 2 && end[2] == 'T';
}

/* --- QEMU's replies --- */

/* Bytes of QEMU that kwalk has not received yet. */
static struct {
	char bytes[PACKET];
	size_t size;
	/* The start of the line that is being received. */
	char line[LONGEST_REPLY + 1];
	size_t length;
	bool continued; /* QEMU has replied to the command with GUARD_ID */
} replies;

static void note_lines(struct guard *guard, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != '\n') {
			if (replies.length <= LONGEST_REPLY)
				replies.line[replies.length++] = bytes[i];
			continue;
		}
		if (replies.length <= LONGEST_REPLY) {
			replies.line[replies.length] = '\0';
			qmp_rules_note_reply(&guard->rules, replies.line);
			replies.continued |= strstr(replies.line, GUARD_ID) != NULL;
		}
		replies.length = 0;
	}
}

/* Returns false if QEMU has ended. */
static bool receive_replies(struct guard *guard)
{
	ssize_t got = read(guard->qemu, replies.bytes, sizeof(replies.bytes));

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got <= 0)
		return false;
	replies.size = (size_t)got;
	note_lines(guard, replies.bytes, replies.size);
	return true;
}

/* Sends the replies on. Returns false if kwalk has ended. */
static bool pass_replies(const struct guard *guard)
{
	ssize_t sent = write(guard->kwalk, replies.bytes, replies.size);

	if (sent < 0)
		return errno == EAGAIN || errno == EINTR;
	replies.size = 0; /* a packet is sent as a whole */
	return true;
}

/* Waits until QEMU has read the command that continues the guest. */
static void wait_for_own_reply(struct guard *guard)
{
	const uint64_t deadline = clock_exact() + WAIT;
	struct pollfd ready = { .fd = guard->qemu, .events = POLLIN };

	replies.continued = false;
	for (uint64_t now = clock_exact(); now < deadline && !replies.continued;
	     now = clock_exact())
		if (poll(&ready, 1, (int)(deadline - now)) <= 0 || !receive_replies(guard))
			return;
}

/* --- the process --- */

/* If kwalk is stopped while the guest stands still, the guest is continued once. QEMU then sends the
 * event RESUME, and kwalk's command fails when kwalk runs again. */
static bool look_at_kwalk(struct guard *guard, bool *continued)
{
	bool stopped = kwalk_is_stopped(guard);
	bool ok = !stopped || *continued || guard_continue(guard);

	*continued = stopped;
	return ok;
}

static bool guard_step(struct guard *guard, const struct pollfd *kwalk, const struct pollfd *qemu)
{
	if ((kwalk->revents & POLLOUT) && !pass_replies(guard))
		return false;
	if (qemu->revents && !receive_replies(guard))
		return false;
	return !(kwalk->revents & (POLLIN | POLLHUP | POLLERR)) || guard_serve(guard);
}

/* Serves kwalk until it ends. */
static void guard_run(struct guard *guard)
{
	bool ok = true, continued = false;

	while (ok) {
		struct pollfd fds[] = {
			{ .fd = guard->kwalk, .events = POLLIN | (replies.size ? POLLOUT : 0) },
			{ .fd = replies.size ? -1 : guard->qemu, .events = POLLIN },
		};
		int nr = poll(fds, 2, guard->rules.stopped ? LOOK_AFTER : -1);

		if (nr == 0)
			ok = look_at_kwalk(guard, &continued);
		else if (nr > 0)
			ok = guard_step(guard, &fds[0], &fds[1]);
		else
			ok = errno == EINTR;
	}
	if (guard->rules.stopped && guard_continue(guard))
		wait_for_own_reply(guard);
}

/* Makes the process independent of the signals and descriptors of kwalk. Moves the descriptors to
 * the numbers from 3 on, and closes all others. */
static void guard_detach(struct guard *guard)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGPIPE };
	int *const fds[] = { &guard->kwalk, &guard->notes, &guard->memory, &guard->status,
			     &guard->qemu };
	const int nr = sizeof(fds) / sizeof(fds[0]);
	long most = sysconf(_SC_OPEN_MAX);

	/* Signals that end a group of processes end kwalk, but not this process. */
	setsid();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	/* The numbers from 10 on are free of the first ones. */
	for (int i = 0; i < nr; i++)
		*fds[i] = fcntl(*fds[i], F_DUPFD, 10);
	for (int i = 0; i < nr; i++)
		*fds[i] = dup2(*fds[i], 3 + i);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	for (int fd = 3 + nr; fd < (most > 0 && most < 65536 ? most : 65536); fd++)
		close(fd);
}

static void __attribute__((noreturn)) run_guard(struct guard *guard)
{
	guard_detach(guard);
	sandbox_enter(false);
	guard_run(guard);
	_exit(0);
}

/* Opens what both processes have. */
static bool open_shared(struct qmp *qmp, int *status, int ends[2], struct error *err)
{
	/* Relative to this process, not to the guard. */
	*status = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	if (*status < 0)
		return system_error(err, "/proc/self/stat");
	qmp->notes = memfd_create("notes", MFD_CLOEXEC);
	qmp->memory = memfd_create("memory", MFD_CLOEXEC);
	if (qmp->notes < 0 || qmp->memory < 0)
		return system_error(err, "memfd_create()");
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0 ||
	       system_error(err, "socketpair()");
}

bool guard_start(struct qmp *qmp, int qemu, bool may_stop, struct error *err)
{
	int status = -1, ends[2] = { -1, -1 };
	bool ok = open_shared(qmp, &status, ends, err);
	pid_t process = ok ? fork() : -1;

	if (process == 0) {
		close(ends[0]);
		run_guard(&(struct guard){
			.kwalk = ends[1],
			.qemu = qemu,
			.notes = qmp->notes,
			.memory = qmp->memory,
			.status = status,
			.rules = { .may_stop = may_stop, .remote = -1, .set = -1 },
		});
	}
	if (status >= 0)
		close(status);
	if (!ok)
		return false;
	close(ends[1]);
	qmp->socket = ends[0];
	return process > 0 || system_error(err, "fork()");
}
