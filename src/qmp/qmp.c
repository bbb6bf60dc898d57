/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "qmp/qmp.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "qmp/guard.h"

enum {
	LONGEST_LINE = 8 << 20, /* the tree of memory regions is the longest reply */
	MOST_BYTES = 64 << 20, /* of all lines until a reply comes, most of them events */
	STEP = 1 << 16,
};

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

/* Connects to the socket of QEMU, and finds the process that listens there. */
static int connect_to_qemu(struct qmp *qmp, const char *name, struct error *err)
{
	const char *path = after_start(name, QMP_START);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fd;

	if (!*path) {
		fail(err, ERROR_USAGE, "%s: is not the name of a socket", name);
		return -1;
	}
	if (strlen(path) >= sizeof(address.sun_path)) {
		fail(err, ERROR_USAGE,
		     "%.300s: the name of a socket has at most %zu bytes; use a relative path or a symbolic link",
		     name, sizeof(address.sun_path) - 1);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		explain_connect(name, err);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
		qmp->process = peer.pid, qmp->user = peer.uid;
	return fd;
}

bool qmp_connect(struct qmp *qmp, const char *name, bool may_stop, struct error *err)
{
	int qemu;
	bool ok;

	*qmp = (struct qmp){ .name = name, .socket = -1, .notes = -1, .memory = -1 };
	qemu = connect_to_qemu(qmp, name, err);
	if (qemu < 0)
		return false;
	ok = guard_start(qmp, qemu, may_stop, err);
	close(qemu);
	return ok;
}

void qmp_close(struct qmp *qmp)
{
	int *const fds[] = { &qmp->socket, &qmp->notes, &qmp->memory };

	for (size_t i = 0; qmp->name && i < sizeof(fds) / sizeof(fds[0]); i++)
		if (*fds[i] >= 0)
			close(*fds[i]);
	free(qmp->buffer);
	*qmp = (struct qmp){ .socket = -1, .notes = -1, .memory = -1 };
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
	uint64_t time = clock_exact();
	ssize_t got;
	char *larger;

	if (qmp->size >= LONGEST_LINE)
		return fail(err, ERROR_FORMAT, "%s: QEMU sent a line that is too long", qmp->name);
	/* QEMU may send without an end, so the time is limited even if there are bytes. */
	if (time >= deadline || poll(&ready, 1, (int)(deadline - time)) <= 0) {
		if (clock_exact() < deadline)
			return true; /* a signal came */
		qmp->silent = true;
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
	uint64_t deadline = clock_exact() + 1000 * (qmp->silent ? QMP_SILENT_SECONDS : seconds);

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
		    (!id || json_integer_value(json_object_get(line, "id")) == (json_int_t)id)) {
			qmp->silent = false;
			return line;
		}
		json_decref(line);
	}
	fail(err, ERROR_FORMAT, "%s: QEMU sends events, and no reply", qmp->name);
	return NULL;
}

static bool send_request(struct qmp *qmp, const struct qmp_request *request, struct error *err)
{
	ssize_t sent;

	do {
		sent = write(qmp->socket, request, sizeof(*request)); /* SIGPIPE is ignored */
	} while (sent < 0 && errno == EINTR);
	if (sent == (ssize_t)sizeof(*request))
		return true;
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

json_t *qmp_call(struct qmp *qmp, enum qmp_command command, uint64_t paddr, uint64_t size,
		 unsigned int seconds, struct error *err)
{
	const struct qmp_request request = {
		.command = command,
		.id = ++qmp->nr_calls,
		.paddr = paddr,
		.size = size,
	};
	json_t *reply = NULL;

	if (send_request(qmp, &request, err))
		reply = read_reply(qmp, "return", request.id, deadline_of(qmp, seconds),
				   "QEMU does not reply in time", err);
	return reply ? take_result(qmp, qmp_command_name(command), reply, err) : NULL;
}

bool qmp_do(struct qmp *qmp, enum qmp_command command, uint64_t paddr, uint64_t size,
	    unsigned int seconds, struct error *err)
{
	json_t *result = qmp_call(qmp, command, paddr, size, seconds, err);

	json_decref(result);
	return result;
}

char *qmp_ask(struct qmp *qmp, enum qmp_command command, uint64_t paddr, struct error *err)
{
	json_t *reply = qmp_call(qmp, command, paddr, 0, QMP_SECONDS, err);
	const char *text = json_string_value(reply);
	char *copy = text ? strdup(text) : NULL;

	if (reply && !text)
		fail(err, ERROR_FORMAT, "%s: the reply to \"%s\" is not a text", qmp->name,
		     qmp_command_name(command));
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
	return receive_greeting(qmp, err) && qmp_do(qmp, QMP_CAPABILITIES, 0, 0, QMP_SECONDS, err);
}

/* Reads the events that have arrived. */
static bool drain(struct qmp *qmp, struct error *err)
{
	struct pollfd ready = { .fd = qmp->socket, .events = POLLIN };
	const uint64_t deadline = clock_exact() + 1000;
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
		if (!receive(qmp, deadline, "QEMU sends events without an end", err))
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
