/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons to end a command: Ctrl-C, at the prompt and in scripts, and the limits of time, memory
 * and lines. Also runs shell commands, which receive Ctrl-C. The first Ctrl-C asks the running
 * command to end. A second one before the command has ended ends the program, unless a shell
 * command is running. */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "base/error.h"

enum stop_reason { STOP_NONE, STOP_CTRL_C, STOP_TIME, STOP_MEMORY, STOP_LINES };

/* An enum stop_reason, set until the command has ended: after Ctrl-C a script ends, too. */
extern volatile sig_atomic_t interrupt_came;

/* Libraries do not check whether to stop. So --timeout also starts a timer of processor time, whose
 * signals can end the program in handle(). interrupt_asked: set when a command begins or checks
 * whether to stop. interrupt_running: a command is running. interrupt_is_silent(), for the handler:
 * a command is running, and has not checked for SILENT_FOR times the seconds of the timeout. */
enum { SILENT_FOR = 5 };
extern volatile sig_atomic_t interrupt_asked, interrupt_running;
void interrupt_watch_silence(unsigned int seconds, void (*handle)(int signal));
bool interrupt_is_silent(void);

/* While a line is typed SIGINT is blocked: interrupt_pending() reports whether it came. */
void interrupt_poll(bool on);
bool interrupt_pending(void);

/* Sets a reason to end the command, other than Ctrl-C. Ctrl-C has precedence. */
void interrupt_for(enum stop_reason reason);

/* Installs the handler, unless SIGINT is ignored as in a background job. */
void interrupt_watch(void);

/* Clears the reason that ended a search, so that its results can be printed until the next Ctrl-C.
 * Returns the reason, which is passed to interrupt_resume(). */
enum stop_reason interrupt_put_off(void);
void interrupt_resume(enum stop_reason reason);

/* Starts a shell command outside of the sandbox. *fd: the write end of a pipe to its standard
 * input. */
bool shell_pipe_open(int *fd, const char *command, struct error *err);
/* Closes the pipe and waits for the command. Fails if the shell could not run the command, or a
 * signal other than SIGINT and SIGPIPE ended it; exit statuses below 126 are ignored. */
bool shell_pipe_close(int fd, struct error *err);

/* Runs the command to its end, with output as its standard output (-1: unchanged). Fails for the
 * same reasons as shell_pipe_close(). */
bool shell_run(const char *command, int output, struct error *err);
