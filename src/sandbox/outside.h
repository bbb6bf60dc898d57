/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper: a process that is forked before the sandbox closes and stays outside the sandbox. The
 * helper runs shell commands, opens files that the user names later, and renders services of the
 * program. It reads nothing of a dump. All functions are for one thread at a time. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "base/error.h"

enum outside_kind {
	OUTSIDE_RUN, /* a shell command */
	OUTSIDE_READ, /* open a file for reading */
	OUTSIDE_APPEND, /* append through a pipe; create the file if it does not exist */
	OUTSIDE_NEW, /* write a new file through a pipe; outside_settle() names it */
	OUTSIDE_SETTLE, /* for outside_settle() */
	OUTSIDE_SERVE, /* a service of the program */
	OUTSIDE_DUMP, /* like OUTSIDE_READ, but only a regular file, no device or pipe */
	/* Like OUTSIDE_NEW, but without a pipe: the file can be written in any order. */
	OUTSIDE_NEW_DUMP,
};

struct outside_answer {
	int fd; /* owned by the caller; -1: none */
	char text[PATH_MAX];
};

/* Called in the helper; arg points to data as they were when outside_start() forked. */
struct outside_work {
	/* Returns why the helper must not handle the command or path; NULL: it may. */
	const char *(*refusal)(void *arg, enum outside_kind kind, const char *text);
	/* Fills answer, which is empty before, or fails. */
	bool (*serve)(void *arg, const char *request, struct outside_answer *answer,
		      struct error *err);
	void *arg;
};

/* Forks the helper. Without one, each function below fails. */
bool outside_start(const struct outside_work *work, struct error *err);
/* Lets the helper end. */
void outside_end(void);

/* Returns a descriptor of the file; -1: failed. kind is OUTSIDE_READ, _DUMP, _APPEND, _NEW or
 * _NEW_DUMP; at most three new files can be open at a time. */
int outside_open(const char *path, enum outside_kind kind, struct error *err);
/* Was all data of the newest file written? For a file written through a pipe, after the caller has
 * closed its end or a write has failed. err has the reason without the path. outside_settle() must
 * follow. */
bool outside_written(struct error *err);
/* Gives the newest new file its name, or removes it; the caller has closed the descriptor. The file
 * is also removed on failure, and when the program ends before. */
enum settle { SETTLE_REMOVE, SETTLE_REPLACE, SETTLE_NEW /* fails if a file has the name */ };
bool outside_settle(enum settle how, struct error *err);

/* Starts a command in the shell; one at a time, and outside_wait() must follow. input and output
 * replace standard input and output; -1 replaces nothing. */
bool outside_run(const char *command, int input, int output, struct error *err);
/* Is the command still running? Safe in a signal handler. */
bool outside_runs(void);
/* Waits for the end of the command. *status has the form of waitpid(). */
bool outside_wait(int *status, struct error *err);

/* Sends the request to work->serve() and returns its answer. */
bool outside_ask(const char *request, struct outside_answer *answer, struct error *err);
