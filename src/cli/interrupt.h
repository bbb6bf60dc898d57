/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reasons to end a command: Ctrl-C, at the prompt and in scripts, and the limits of time,
 * memory and lines. Also runs shell commands, which receive Ctrl-C, too. The first Ctrl-C asks the
 * running command to end. If a second Ctrl-C comes before the command has ended, it terminates
 * kwalk, unless a shell command is running. */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "base/error.h"

enum stop_reason { STOP_NONE, STOP_CTRL_C, STOP_TIME, STOP_MEMORY, STOP_LINES };

/* An enum stop_reason, which is set until the running command has ended. After Ctrl-C, a script
 * also ends. */
extern volatile sig_atomic_t interrupt_came;

/* Functions of libraries cannot be asked to stop. So --timeout also starts a timer of processor
 * time. handle() is the handler of the timer's signal, and can terminate kwalk. interrupt_running
 * is set while a command runs. interrupt_asked is set when a command begins, and each time the
 * command checks whether it must stop. handle() calls interrupt_is_silent(), which returns true if
 * a command is running and has not checked since the previous signal, that is, for SILENT_FOR times
 * the timeout. */
enum { SILENT_FOR = 5 };
extern volatile sig_atomic_t interrupt_asked, interrupt_running;
void interrupt_watch_silence(unsigned int seconds, void (*handle)(int signal));
bool interrupt_is_silent(void);

/* While the user types a line, SIGINT is blocked, and interrupt_pending() returns true if a SIGINT
 * was received. */
void interrupt_poll(bool on);
bool interrupt_pending(void);

/* Sets a reason to end the command, but not if Ctrl-C has already set one. */
void interrupt_for(enum stop_reason reason);

/* Installs the handler of SIGINT. Does nothing if SIGINT is ignored, as in a background job. */
void interrupt_watch(void);

/* Clears the reason that ended a search, so that the results can be printed. A new Ctrl-C ends the
 * printing, too. Returns the reason, which must be passed to interrupt_resume() later. */
enum stop_reason interrupt_put_off(void);
void interrupt_resume(enum stop_reason reason);

/* Starts a shell command outside of the sandbox. Sets *fd to the write end of a pipe whose other
 * end is the command's standard input. */
bool shell_pipe_open(int *fd, const char *command, struct error *err);
/* Closes the pipe and waits for the end of the command. Fails if the shell could not run the
 * command, or if a signal other than SIGINT and SIGPIPE ended it. Exit statuses below 126 are
 * ignored. */
bool shell_pipe_close(int fd, struct error *err);

/* Runs the shell command and waits for its end. output becomes its standard output, unless output
 * is -1. Fails for the same reasons as shell_pipe_close(). */
bool shell_run(const char *command, int output, struct error *err);
