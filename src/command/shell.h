/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shell commands: run to their end, or reading what is written to a pipe. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct shell_pipe {
	pid_t pid;
	int fd; /* to write to */
};

bool shell_pipe_open(struct shell_pipe *pipe, const char *command,
		     struct error *err);
/* Closes the pipe and waits. Fails where the shell could not run the command
 * or a signal ended it (but not Ctrl-C, nor a reader that had enough); other
 * exit statuses are the command's own affair. */
bool shell_pipe_close(struct shell_pipe *pipe, struct error *err);

/* Runs the command to its end, its standard output to the descriptor output
 * (-1: where ours goes). */
bool shell_run(const char *command, int output, struct error *err);
