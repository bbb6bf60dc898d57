/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper: a process that is forked before the sandbox closes and stays outside of
 * it. It runs shell commands and opens files that the user names later, and renders
 * services of the program's own. It reads nothing of a dump. All functions are for one
 * thread at a time. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "base/error.h"

enum outside_kind {
	OUTSIDE_RUN, /* a shell command */
	OUTSIDE_READ, /* open a file for reading */
	OUTSIDE_APPEND, /* a pipe to its end: created if it is not there */
	OUTSIDE_NEW, /* a pipe to a file beside it, until outside_settle() */
	OUTSIDE_SETTLE, /* of outside_settle() */
	OUTSIDE_SERVE, /* a service of the program */
	OUTSIDE_DUMP, /* as OUTSIDE_READ, but a regular file alone: no device, no pipe */
	OUTSIDE_NEW_DUMP, /* as OUTSIDE_NEW, but the file itself, to be written in any order */
};

struct outside_answer {
	int fd; /* the caller's to close; -1: none */
	char text[PATH_MAX];
};

/* Called in the helper; arg is as it was when outside_start() forked. */
struct outside_work {
	/* Why the command or path is not for the helper; NULL: it is. */
	const char *(*refusal)(void *arg, enum outside_kind kind, const char *text);
	/* Fills answer, which is empty at first, or fails. */
	bool (*serve)(void *arg, const char *request, struct outside_answer *answer,
		      struct error *err);
	void *arg;
};

/* Forks the helper. Without one, each function below fails. */
bool outside_start(const struct outside_work *work, struct error *err);
/* Lets the helper end. */
void outside_end(void);

/* A descriptor of the file, or -1. kind is OUTSIDE_READ, _DUMP, _APPEND, _NEW or _NEW_DUMP;
 * of new files there are three at a time at most. */
int outside_open(const char *path, enum outside_kind kind, struct error *err);
/* Of the newest file that is written through a pipe, whose end the caller has closed or could
 * not write to: was all written? err has the reason alone. outside_settle() must follow. */
bool outside_written(struct error *err);
/* Gives the newest new file its name, or removes it; the caller has closed it. On failure, and
 * when the program ends before, it is removed too. */
enum settle { SETTLE_REMOVE, SETTLE_REPLACE, SETTLE_NEW /* fails if a file has the name */ };
bool outside_settle(enum settle how, struct error *err);

/* Starts a command in the shell; one at a time, and outside_wait() must follow. input
 * and output replace standard input and output unless they are -1. */
bool outside_run(const char *command, int input, int output, struct error *err);
/* Has the command not ended yet? Safe in a signal handler. */
bool outside_runs(void);
/* Waits for its end. *status is as of waitpid(). */
bool outside_wait(int *status, struct error *err);

/* Has work->serve() answer. */
bool outside_ask(const char *request, struct outside_answer *answer, struct error *err);
