/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper is a process that is forked before the sandbox closes, and remains outside the
 * sandbox. The helper runs shell commands, opens files that the user names later, and performs
 * services of the program. It reads nothing of a dump. Only one thread at a time may call the
 * functions below. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "base/error.h"

enum outside_kind {
	OUTSIDE_RUN, /* a shell command */
	OUTSIDE_READ, /* open a file for reading */
	OUTSIDE_APPEND, /* append through a pipe; the file is created if it does not exist */
	OUTSIDE_NEW, /* write a new file through a pipe; ends with outside_settle() */
	OUTSIDE_SETTLE, /* for outside_settle() */
	OUTSIDE_SERVE, /* a service of the program */
	OUTSIDE_DUMP, /* like OUTSIDE_READ, but fails for devices and pipes */
	/* Like OUTSIDE_NEW, but without a pipe: the file can be written in any order. */
	OUTSIDE_NEW_DUMP,
};

struct outside_answer {
	int fd; /* owned by the caller; -1 if there is none */
	char text[PATH_MAX];
};

/* Functions that the helper calls. arg points to data that have not changed in the helper since
 * outside_start() forked. */
struct outside_work {
	/* Returns the reason why the helper must refuse the command or path, or NULL if the helper
	 * may handle the command or path. */
	const char *(*refusal)(void *arg, enum outside_kind kind, const char *text);
	/* Performs a request. Fills *answer, which is initially empty, or fails. */
	bool (*serve)(void *arg, const char *request, struct outside_answer *answer,
		      struct error *err);
	void *arg;
};

/* Forks the helper. If there is no helper, each function below fails. */
bool outside_start(const struct outside_work *work, struct error *err);
/* Closes the connection to the helper, which then ends. */
void outside_end(void);

/* Opens a file. kind is OUTSIDE_READ, _DUMP, _APPEND, _NEW or _NEW_DUMP. At most three new files
 * can be open at a time. Returns a descriptor that the caller owns, or -1 on failure. */
int outside_open(const char *path, enum outside_kind kind, struct error *err);
/* Was all data of the newest file written? The file must have been written through a pipe, and the
 * caller must have closed its end, or a write must have failed. If not all data was written, err
 * gets the reason without the path. The caller must call outside_settle() afterwards. */
bool outside_written(struct error *err);
/* Gives the newest new file its name, or removes the file. The caller must have closed the
 * descriptor. The file is also removed if this function fails, or if the program ends before the
 * call. */
enum settle { SETTLE_REMOVE, SETTLE_REPLACE, SETTLE_NEW /* fails if the file exists */ };
bool outside_settle(enum settle how, struct error *err);

/* Starts a command in the shell. Only one command can run at a time, and the caller must call
 * outside_wait(). input and output replace standard input and output, unless they are -1. */
bool outside_run(const char *command, int input, int output, struct error *err);
/* Is the command still running? The function may be called in a signal handler. */
bool outside_runs(void);
/* Waits for the end of the command. *status has the form of the status of waitpid(). */
bool outside_wait(int *status, struct error *err);

/* Sends the request to work->serve() and returns its answer. */
bool outside_ask(const char *request, struct outside_answer *answer, struct error *err);
