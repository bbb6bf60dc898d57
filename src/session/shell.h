/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shell commands. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct shell_pipe {
	pid_t pid;
	int fd; /* the writing end, to the standard input of the command */
};

bool shell_pipe_open(struct shell_pipe *pipe, const char *command,
		     struct error *err);
/* Closes the pipe and waits for the command. Fails if the shell could not run it
 * or a signal other than SIGINT and SIGPIPE ended it; exit statuses below 126
 * are ignored. */
bool shell_pipe_close(struct shell_pipe *pipe, struct error *err);

/* Runs the command to its end, with the descriptor output as standard output
 * (-1: unchanged). Fails as shell_pipe_close(). */
bool shell_run(const char *command, int output, struct error *err);
