/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ends a command: Ctrl-C, at the prompt and in scripts, and the bounds of time,
 * memory and lines; and shell commands, which take Ctrl-C. The first Ctrl-C asks the running
 * command to end. Another one before it has ended ends the program, unless a shell
 * command is running. */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "base/error.h"

enum stop_reason { STOP_NONE, STOP_CTRL_C, STOP_TIME, STOP_MEMORY, STOP_LINES };

/* An enum stop_reason, set until the command has ended: after Ctrl-C no more commands
 * are run from a script. */
extern volatile sig_atomic_t interrupt_came;

/* What a library does asks nobody whether to stop. A timer of processor time, for --timeout:
 * its signals are handled by who ends the program. interrupt_asked: a command begins, or
 * asked; running: one runs. interrupt_is_silent(), in the handler: one runs, and has not
 * asked for a whole period, SILENT_FOR times the seconds. */
enum { SILENT_FOR = 5 };
extern volatile sig_atomic_t interrupt_asked, interrupt_running;
void interrupt_watch_silence(unsigned int seconds, void (*handle)(int signal));
bool interrupt_is_silent(void);

/* While SIGINT is blocked, as a line is typed: interrupt_pending() asks for it. */
void interrupt_poll(bool on);
bool interrupt_pending(void);

/* Notes another reason to end the command than Ctrl-C, which goes before it. */
void interrupt_for(enum stop_reason reason);

/* Installs the handler, unless SIGINT is ignored (a background job). */
void interrupt_watch(void);

/* Clears what ended a search, so that what was found can be printed until the next
 * Ctrl-C. Returns what it was, for interrupt_resume(). */
enum stop_reason interrupt_put_off(void);
void interrupt_resume(enum stop_reason reason);

/* Starts a shell command, outside of the sandbox. *fd is the writing end of a pipe to
 * its standard input. */
bool shell_pipe_open(int *fd, const char *command, struct error *err);
/* Closes the pipe and waits for the command. Fails if the shell could not run it
 * or a signal other than SIGINT and SIGPIPE ended it; exit statuses below 126
 * are ignored. */
bool shell_pipe_close(int fd, struct error *err);

/* Runs the command to its end, with the descriptor output as standard output
 * (-1: unchanged). Fails as shell_pipe_close(). */
bool shell_run(const char *command, int output, struct error *err);
