/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine protocol of QEMU (docs/interop/qmp-spec.rst in QEMU): one JSON object a line, on a
 * Unix socket. All that QEMU sends is hostile: lines have a largest length, replies have a time
 * limit, and no text is used without a check. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "qmp/request.h"

enum {
	QMP_SECONDS = 10, /* the time that QEMU has for a reply */
	/* The time that QEMU has for a reply after it did not reply in time once. */
	QMP_SILENT_SECONDS = 1,
	QMP_OPEN_SECONDS = 30, /* the time that QEMU has for all replies until the guest is open */
	/* The time that QEMU has to write its notes. With many CPUs, this takes a while. */
	QMP_NOTES_SECONDS = 60,
};

#define QMP_START "qmp:"

struct json_t; /* jansson.h; only the files of this room include it */

struct qmp {
	const char *name; /* borrowed; QMP_START and the path of the socket, for example */
	int socket; /* owned, nonblocking; of the process that passes on commands and replies (guard.h) */
	/* Owned; files in memory that QEMU writes to for QMP_DUMP_NOTES and QMP_COPY_MEMORY, or
	 * -1. */
	int notes, memory;
	/* The process that listens at the socket, or 0 if it is unknown, and the user of this
	 * process when it began to listen. */
	pid_t process;
	uid_t user;
	char *buffer; /* owned; bytes that were received, and not read yet */
	size_t size;
	unsigned int nr_calls;
	uint64_t deadline; /* of all replies, in milliseconds of clock_exact(); 0: there is none */
	bool silent; /* QEMU did not reply in time */
	bool reset; /* QEMU has reported that the guest was reset */
	/* QEMU has reported that the guest was continued. vm_stop() clears this. */
	bool resumed;
	/* QEMU has reported that a device was removed, or that memory was added or removed.
	 * vm_check() clears this. */
	bool memory_changed;
	bool ended; /* QEMU has closed the connection */
};

/* Connects to the socket whose path follows QMP_START in the name, which is borrowed, and starts the
 * process that passes on commands. Only if may_stop is true, the guest can be stopped. Receives
 * nothing, because the process is not in the sandbox yet. */
bool qmp_connect(struct qmp *qmp, const char *name, bool may_stop, struct error *err);
void qmp_close(struct qmp *qmp); /* *qmp may be zeroed */

/* Receives the greeting, and ends the negotiation of capabilities. */
bool qmp_greet(struct qmp *qmp, struct error *err);

/* Executes a command. paddr and size are its arguments, if it has them. Returns the value of
 * "return", which the caller releases, or NULL on failure. */
struct json_t *qmp_call(struct qmp *qmp, enum qmp_command command, uint64_t paddr, uint64_t size,
			unsigned int seconds, struct error *err);
/* The same, for a caller that does not need the value. */
bool qmp_do(struct qmp *qmp, enum qmp_command command, uint64_t paddr, uint64_t size,
	    unsigned int seconds, struct error *err);

/* Executes a command whose value is a text, which the caller frees. */
char *qmp_ask(struct qmp *qmp, enum qmp_command command, uint64_t paddr, struct error *err);

/* Reads the events that QEMU has sent. Fails if QEMU has ended, or if the guest was reset: then the
 * kernel of the guest is another kernel. */
bool qmp_check(struct qmp *qmp, struct error *err);
