/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reasons to end a command: Ctrl-C, at the prompt and in scripts, and the limits of time,
 * memory and lines. Also runs shell commands, which receive Ctrl-C. The first Ctrl-C asks the
 * running command to end. A second Ctrl-C before the command has ended terminates kwalk, unless a
 * shell command is running. */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "base/error.h"

enum stop_reason { STOP_NONE, STOP_CTRL_C, STOP_TIME, STOP_MEMORY, STOP_LINES };

/* An enum stop_reason, set until the running command has ended. After Ctrl-C, a script ends,
 * too. */
extern volatile sig_atomic_t interrupt_came;

/* Libraries do not check whether to stop. So --timeout also starts a timer of processor time, and
 * handle(), the handler of the timer's signal, can terminate kwalk. interrupt_asked is set when a
 * command begins, and whenever the command checks whether to stop. interrupt_running is set while a
 * command runs. interrupt_is_silent(), which is for handle(), returns true if a command is running
 * and has not checked since the last signal, that is, for SILENT_FOR times the seconds of the
 * timeout. */
enum { SILENT_FOR = 5 };
extern volatile sig_atomic_t interrupt_asked, interrupt_running;
void interrupt_watch_silence(unsigned int seconds, void (*handle)(int signal));
bool interrupt_is_silent(void);

/* While a line is typed, SIGINT is blocked, and interrupt_pending() reports whether it was
 * received. */
void interrupt_poll(bool on);
bool interrupt_pending(void);

/* Sets a reason other than Ctrl-C to end the command. Ctrl-C has precedence. */
void interrupt_for(enum stop_reason reason);

/* Installs the handler, unless SIGINT is ignored, as in a background job. */
void interrupt_watch(void);

/* Clears the reason that ended a search, so that the results of the search can be printed until the
 * next Ctrl-C. Returns the reason, for interrupt_resume(). */
enum stop_reason interrupt_put_off(void);
void interrupt_resume(enum stop_reason reason);

/* Starts a shell command outside of the sandbox. Sets *fd to the write end of a pipe to the
 * standard input of the command. */
bool shell_pipe_open(int *fd, const char *command, struct error *err);
/* Closes the pipe and waits for the command. Fails if the shell could not run the command, or if a
 * signal other than SIGINT and SIGPIPE ended the command. Exit statuses below 126 are ignored. */
bool shell_pipe_close(int fd, struct error *err);

/* Runs the command and waits for its end. output becomes its standard output, unless output is -1.
 * Fails for the same reasons as shell_pipe_close(). */
bool shell_run(const char *command, int output, struct error *err);
