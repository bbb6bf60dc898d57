/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process between kwalk and a running guest. It is outside of kwalk's sandbox, has the only
 * connection to QEMU or libvirtd, and passes on only the commands of request.h. If kwalk ends while
 * the guest stands still, even if it is killed, the process continues the guest; and also, once, if
 * kwalk is stopped itself. It ends with kwalk. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "qmp/request.h"

struct qmp;

struct guard {
	int kwalk; /* the socket to kwalk: packets with requests, and packets with replies */
	int qemu; /* the socket to QEMU, or -1 */
	int notes, memory; /* the files in memory that QEMU writes to, and kwalk reads */
	int status; /* /proc/PID/stat of kwalk */
	struct qmp_rules rules;
	bool has_ids; /* do commands have ids? */
	/* Executes a command, and sends its reply to kwalk, now or later. fd is a descriptor that is
	 * sent with it, or -1. If `own` is true, the reply is not for kwalk. Returns false if the
	 * connection has ended. */
	bool (*execute)(struct guard *guard, const char *text, int fd, bool own);
	/* Waits until QEMU has executed the last command. NULL: execute() has waited. */
	void (*finish)(struct guard *guard);
	/* Calls guard_run() when the connection exists. arg is the argument of guard_start(). */
	void (*run)(struct guard *guard, const void *arg);
};

/* Starts the process. Must be called outside of the sandbox, while kwalk has one thread. *guard has
 * the members qemu, has_ids, execute, finish, run and rules.may_stop. Sets the descriptors of *qmp. */
bool guard_start(struct qmp *qmp, const struct guard *guard, const void *arg, struct error *err);

/* Serves kwalk until it ends. Only for run(). */
void guard_run(struct guard *guard);

/* Sends bytes to kwalk. Returns false if kwalk has ended. */
bool guard_send(const struct guard *guard, const char *bytes, size_t size);

/* The `run` of a guard of QEMU. */
extern const struct guard guard_of_qemu;
