/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine protocol of QEMU (docs/interop/qmp-spec.rst in QEMU): one JSON object a line, on a
 * Unix socket. All that QEMU sends is hostile: lines have a largest length, replies have a time
 * limit, and no text is used without a check. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

enum {
	QMP_SECONDS = 10, /* the time that QEMU has for a reply */
	/* The time that QEMU has to write its notes. With many CPUs, this takes a while. */
	QMP_NOTES_SECONDS = 60,
};

struct json_t; /* jansson.h; only the files of this room include it */

struct qmp {
	const char *path; /* borrowed; the path of the socket, for messages */
	int socket; /* owned */
	pid_t process; /* the process that listens at the socket, or 0 if it is unknown */
	char *buffer; /* owned; bytes that were received, and not read yet */
	size_t size;
	unsigned int nr_calls;
	bool reset; /* QEMU has reported that the guest was reset */
	/* QEMU has reported that the guest was continued. vm_stop() clears this. */
	bool resumed;
	bool ended; /* QEMU has closed the connection */
};

/* Connects to the socket. Receives nothing, because the process is not in the sandbox yet. */
bool qmp_connect(struct qmp *qmp, const char *path, struct error *err);
void qmp_close(struct qmp *qmp); /* *qmp may be zeroed */

/* Receives the greeting, and ends the negotiation of capabilities. */
bool qmp_greet(struct qmp *qmp, struct error *err);

/* Executes a command. `arguments` is an object or NULL, and is released. fd is a descriptor that is
 * sent with the command, or -1. Returns the value of "return", which the caller releases, or NULL
 * on failure. */
struct json_t *qmp_call(struct qmp *qmp, const char *command, struct json_t *arguments, int fd,
			unsigned int seconds, struct error *err);

/* Executes a command of the monitor for users. Returns its text, which the caller frees. */
char *qmp_ask(struct qmp *qmp, const char *line, struct error *err);

/* Reads the events that QEMU has sent. Fails if QEMU has ended, or if the guest was reset: then the
 * kernel of the guest is another kernel. */
bool qmp_check(struct qmp *qmp, struct error *err);
