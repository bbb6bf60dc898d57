/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper is a process that is forked before the process enters the sandbox, so it remains
 * outside the sandbox. The helper runs shell commands, opens files that commands name, and performs
 * services of the program. It reads nothing from a dump. Only one thread at a time may call the
 * functions below. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "base/error.h"

enum outside_kind {
	OUTSIDE_RUN, /* a shell command */
	OUTSIDE_READ, /* open a file for reading; pipes are allowed */
	OUTSIDE_APPEND, /* append to a file through a pipe; a file that does not exist is created */
	OUTSIDE_NEW, /* write a new file through a pipe, until outside_settle() */
	OUTSIDE_SETTLE, /* used only by outside_settle() */
	OUTSIDE_SERVE, /* perform a service of the program, for outside_ask() */
	OUTSIDE_DUMP, /* like OUTSIDE_READ, but fails for devices and pipes */
	/* Like OUTSIDE_NEW, but without a pipe: the file can be written in any order. */
	OUTSIDE_NEW_DUMP,
};

struct outside_answer {
	int fd; /* owned by the caller; -1 if the answer has no descriptor */
	char text[PATH_MAX];
};

/* The functions that the helper calls. They see the program's data, including the data at arg, as
 * they were when outside_start() forked the helper. */
struct outside_work {
	/* Returns the reason to refuse the command or the path, or NULL if the helper may run or
	 * open it. */
	const char *(*refusal)(void *arg, enum outside_kind kind, const char *text);
	/* Performs a request of outside_ask(). *answer is initially empty. Returns false on
	 * failure. */
	bool (*serve)(void *arg, const char *request, struct outside_answer *answer,
		      struct error *err);
	void *arg;
};

/* Forks the helper. If there is no helper, each function below fails. */
bool outside_start(const struct outside_work *work, struct error *err);
/* Closes the connection to the helper, which then ends. */
void outside_end(void);

/* Opens a file in the helper. `kind` is OUTSIDE_READ, _DUMP, _APPEND, _NEW or _NEW_DUMP. At most
 * three new files can be open at a time. Returns a descriptor that the caller owns, or -1 on
 * failure. */
int outside_open(const char *path, enum outside_kind kind, struct error *err);
/* Waits until all data of the newest file is written from the pipe to the file. The caller must
 * have closed its end of the pipe, unless a write to the pipe failed. Returns false if not all data
 * could be written: the message of err is the reason, without the path. The caller must call
 * outside_settle() afterwards. */
bool outside_written(struct error *err);
/* Gives the newest new file its name, or removes it. The caller must have closed the descriptor. If
 * this function fails, or if the program ends before calling it, the file is removed. */
enum settle { SETTLE_REMOVE, SETTLE_REPLACE, SETTLE_NEW /* fails if the file exists */ };
bool outside_settle(enum settle how, struct error *err);

/* Starts a shell command. `input` and `output` replace its standard input and output, unless they
 * are -1. Only one command can run at a time. The caller must call outside_wait() for each
 * command. */
bool outside_run(const char *command, int input, int output, struct error *err);
/* Is the command still running? This function may be called in a signal handler. */
bool outside_runs(void);
/* Waits for the end of the command. *status gets its status in the format of waitpid(). */
bool outside_wait(int *status, struct error *err);

/* Makes the helper call work->serve() with this request, and gets its answer. */
bool outside_ask(const char *request, struct outside_answer *answer, struct error *err);
