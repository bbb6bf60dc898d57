/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/qmp.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

enum {
	LONGEST_LINE = 8 << 20, /* the tree of memory regions is the longest reply */
	MOST_BYTES = 64 << 20, /* of all lines until a reply comes, most of them events */
	STEP = 1 << 16,
};

uint64_t qmp_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static bool explain_connect(const char *name, struct error *err)
{
	int error = errno;
	const char *next = "";

	if (error == ENOENT)
		next = "; start QEMU with -qmp unix:SOCKET,server=on,wait=off";
	else if (error == ECONNREFUSED)
		next = "; no QEMU listens there, or it is no socket of -qmp";
	else if (error == EACCES)
		next = "; run kwalk as the user who runs QEMU, or as root";
	else if (error == EAGAIN)
		next = "; other programs wait for this socket: give QEMU one more -qmp socket";
	return fail(err, ERROR_SYSTEM, "%s: %s%s", name, strerror(error), next);
}

bool qmp_connect(struct qmp *qmp, const char *name, struct error *err)
{
	const char *path = after_start(name, QMP_START);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ucred peer;
	socklen_t size = sizeof(peer);

	*qmp = (struct qmp){ .name = name, .socket = -1 };
	if (!*path)
		return fail(err, ERROR_USAGE, "%s: is not the name of a socket", name);
	if (strlen(path) >= sizeof(address.sun_path))
		return fail(
			err, ERROR_USAGE,
			"%.300s: the name of a socket has at most %zu bytes; use a relative path or a symbolic link",
			name, sizeof(address.sun_path) - 1);
	memcpy(address.sun_path, path, strlen(path));
	qmp->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (qmp->socket < 0 ||
	    connect(qmp->socket, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return explain_connect(name, err);
	if (getsockopt(qmp->socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
		qmp->process = peer.pid, qmp->user = peer.uid;
	return true;
}

void qmp_close(struct qmp *qmp)
{
	if (qmp->name && qmp->socket >= 0)
		close(qmp->socket);
	free(qmp->buffer);
	*qmp = (struct qmp){ .socket = -1 };
}

static bool qmp_fail_ended(struct qmp *qmp, struct error *err)
{
	qmp->ended = true;
	return fail(err, ERROR_SYSTEM, "%s: QEMU has ended, or has closed the connection",
		    qmp->name);
}

/* Receives more bytes. Returns false at the deadline. */
static bool receive(struct qmp *qmp, uint64_t deadline, const char *late, struct error *err)
{
	struct pollfd ready = { .fd = qmp->socket, .events = POLLIN };
	uint64_t time = qmp_now();
	ssize_t got;
	char *larger;

	if (qmp->size >= LONGEST_LINE)
		return fail(err, ERROR_FORMAT, "%s: QEMU sent a line that is too long", qmp->name);
	if (poll(&ready, 1, time < deadline ? (int)(deadline - time) : 0) <= 0) {
		if (qmp_now() < deadline)
			return true; /* a signal came */
		qmp->silent = true;
		/* A reply that comes later would be taken for the reply to another command. */
		qmp->ended |= qmp->in_order;
		return fail(err, ERROR_SYSTEM, "%s: %s", qmp->name, late);
	}
	larger = realloc(qmp->buffer, qmp->size + STEP);
	if (!larger)
		return out_of_memory(err);
	qmp->buffer = larger;
	got = read(qmp->socket, qmp->buffer + qmp->size, STEP);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got <= 0)
		return qmp_fail_ended(qmp, err);
	qmp->size += (size_t)got;
	return true;
}

static void note_event(struct qmp *qmp, const json_t *line)
{
	const char *event = json_string_value(json_object_get(line, "event")) ?: "";

	qmp->reset |= !strcmp(event, "RESET");
	qmp->resumed |= !strcmp(event, "RESUME");
	qmp->memory_changed |=
		!strcmp(event, "DEVICE_DELETED") || !strcmp(event, "MEMORY_DEVICE_SIZE_CHANGE");
}

/* Takes a line out of the buffer, notes its event, and adds its length to *total. Returns NULL and
 * sets *wait if the line is incomplete. */
static json_t *take_line(struct qmp *qmp, size_t *total, bool *wait, struct error *err)
{
	char *end = qmp->size ? memchr(qmp->buffer, '\n', qmp->size) : NULL;
	json_error_t error;
	size_t length;
	json_t *line;

	*wait = !end;
	if (!end)
		return NULL;
	length = (size_t)(end - qmp->buffer) + 1;
	*total += length;
	line = json_loadb(qmp->buffer, length, 0, &error);
	qmp->size -= length;
	memmove(qmp->buffer, end + 1, qmp->size);
	/* If memory runs out, jansson sets no text. */
	if (!line && !*error.text) {
		out_of_memory(err);
		return NULL;
	}
	if (!json_is_object(line)) {
		json_decref(line);
		fail(err, ERROR_FORMAT,
		     "%s: is not a socket of QEMU's machine protocol (-qmp): a line is not JSON",
		     qmp->name);
		return NULL;
	}
	note_event(qmp, line);
	return line;
}

/* Returns the time until which QEMU may reply. */
static uint64_t deadline_of(const struct qmp *qmp, unsigned int seconds)
{
	uint64_t deadline = qmp_now() + 1000 * (qmp->silent ? QMP_SILENT_SECONDS : seconds);

	return qmp->deadline && qmp->deadline < deadline ? qmp->deadline : deadline;
}

/* Reads lines until one contains `key`. If id is not 0, the line must contain this id, too. */
static json_t *read_reply(struct qmp *qmp, const char *key, unsigned int id, uint64_t deadline,
			  const char *late, struct error *err)
{
	size_t total = 0;
	json_t *line;
	bool wait;

	while (total < MOST_BYTES) {
		line = take_line(qmp, &total, &wait, err);
		if (!line) {
			if (!wait || !receive(qmp, deadline, late, err))
				return NULL;
			continue;
		}
		if ((json_object_get(line, key) || json_object_get(line, "error")) &&
		    (!id || qmp->in_order ||
		     json_integer_value(json_object_get(line, "id")) == (json_int_t)id)) {
			qmp->silent = false;
			return line;
		}
		json_decref(line);
	}
	fail(err, ERROR_FORMAT, "%s: QEMU sends events, and no reply", qmp->name);
	return NULL;
}

static bool send_line(struct qmp *qmp, const char *line, int fd, struct error *err)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS,
				  .cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct iovec part = { (void *)line, strlen(line) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t sent;

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control.room);
	}
	do {
		sent = sendmsg(qmp->socket, &message, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent == (ssize_t)part.iov_len)
		return true;
	/* Commands are short, so they fit into the socket unless QEMU reads nothing. */
	if (sent >= 0 || errno == EAGAIN)
		return fail(err, ERROR_SYSTEM, "%s: QEMU does not read commands", qmp->name);
	return qmp_fail_ended(qmp, err);
}

static json_t *take_result(struct qmp *qmp, const char *command, json_t *reply, struct error *err)
{
	json_t *result = json_incref(json_object_get(reply, "return"));
	const char *why =
		json_string_value(json_object_get(json_object_get(reply, "error"), "desc"));

	if (!result)
		fail(err, ERROR_SYSTEM, "%s: QEMU refuses %s: %.200s", qmp->name, command,
		     why ? why : "no reason given");
	json_decref(reply);
	return result;
}

json_t *qmp_call(struct qmp *qmp, const char *command, json_t *arguments, int fd,
		 unsigned int seconds, struct error *err)
{
	unsigned int id = ++qmp->nr_calls;
	/* libvirtd adds an id, and refuses a command that has one. */
	json_t *call = json_pack("{s:s, s:o*, s:o*}", "execute", command, "arguments", arguments,
				 "id", qmp->in_order ? NULL : json_integer(id));
	char *text = call ? json_dumps(call, JSON_COMPACT) : NULL, *line = NULL;
	json_t *reply = NULL;

	json_decref(call);
	if (!text || asprintf(&line, "%s\n", text) < 0) {
		line = NULL;
		out_of_memory(err);
	}
	free(text);
	if (line && send_line(qmp, line, fd, err))
		reply = read_reply(qmp, "return", id, deadline_of(qmp, seconds),
				   "QEMU does not reply in time", err);
	free(line);
	return reply ? take_result(qmp, command, reply, err) : NULL;
}

char *qmp_ask(struct qmp *qmp, const char *line, struct error *err)
{
	json_t *reply = qmp_call(qmp, "human-monitor-command",
				 json_pack("{s:s}", "command-line", line), -1, QMP_SECONDS, err);
	const char *text = json_string_value(reply);
	char *copy = text ? strdup(text) : NULL;

	if (reply && !text)
		fail(err, ERROR_FORMAT, "%s: the reply to \"%s\" is not a text", qmp->name, line);
	else if (reply && !copy)
		out_of_memory(err);
	json_decref(reply);
	return copy;
}

static bool receive_greeting(struct qmp *qmp, struct error *err)
{
	/* QEMU serves one client at a time. The others wait for the greeting. */
	json_t *greeting = read_reply(
		qmp, "QMP", 0, deadline_of(qmp, QMP_SECONDS),
		"QEMU does not greet; if another program (libvirt, for example) uses this socket, give QEMU one more -qmp socket",
		err);
	json_t *result;

	if (!greeting)
		return false;
	result = json_incref(json_object_get(greeting, "QMP"));
	json_decref(greeting);
	if (!result)
		return fail(err, ERROR_FORMAT, "%s: QEMU greets with an error", qmp->name);
	json_decref(result);
	return true;
}

bool qmp_greet(struct qmp *qmp, struct error *err)
{
	json_t *result;

	if (qmp->in_order)
		return true; /* libvirtd has done this */
	if (!receive_greeting(qmp, err))
		return false;
	result = qmp_call(qmp, "qmp_capabilities", NULL, -1, QMP_SECONDS, err);
	json_decref(result);
	return result;
}

/* Reads the events that have arrived. */
static bool drain(struct qmp *qmp, struct error *err)
{
	struct pollfd ready = { .fd = qmp->socket, .events = POLLIN };
	size_t total = 0;
	json_t *line;
	bool wait;

	while (total < MOST_BYTES) {
		line = take_line(qmp, &total, &wait, err);
		if (line) {
			json_decref(line);
			continue;
		}
		if (!wait)
			return false;
		if (poll(&ready, 1, 0) <= 0)
			return true;
		if (!receive(qmp, qmp_now() + 1000, "QEMU does not reply", err))
			return false;
	}
	return fail(err, ERROR_FORMAT, "%s: QEMU sends too many events", qmp->name);
}

bool qmp_check(struct qmp *qmp, struct error *err)
{
	if (qmp->ended)
		return qmp_fail_ended(qmp, err);
	if (!drain(qmp, err))
		return false;
	return !qmp->reset ||
	       fail(err, ERROR_SYSTEM,
		    "%s: the guest was reset, so it runs another kernel now; open it again",
		    qmp->name);
}
