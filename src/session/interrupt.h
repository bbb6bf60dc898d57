/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ctrl-C, at the prompt and in scripts, and shell commands, which take it. The first
 * one asks the running command to end. Another one while interrupt_came is still set
 * ends the program, unless a shell command is running. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

extern volatile sig_atomic_t interrupt_came;

/* Installs the handler, unless SIGINT is ignored (a background job). */
void interrupt_watch(void);

/* Clears a Ctrl-C that ended a search, so that what was found can be printed
 * until the next Ctrl-C. Returns whether there was one, for interrupt_resume(). */
bool interrupt_put_off(void);
void interrupt_resume(bool interrupted);

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
