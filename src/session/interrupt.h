/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ctrl-C, at the prompt and in scripts. The first one asks the running command
 * to end. Another one while interrupt_came is still set ends the program, unless
 * a shell command is running.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

extern volatile sig_atomic_t interrupt_came;

/* Installs the handler, unless SIGINT is ignored (a background job). */
void interrupt_watch(void);

/* The running shell command, to which Ctrl-C belongs; 0: none. */
void interrupt_set_shell(pid_t pid);

/* Waits for its end; returns 0 or an errno. A Ctrl-C that it received meanwhile sets
 * interrupt_came and does not end the program. */
int interrupt_wait_shell(pid_t pid, int *status);

/* Clears a Ctrl-C that ended a search, so that what was found can be printed
 * until the next Ctrl-C. Returns whether there was one, for interrupt_resume(). */
bool interrupt_put_off(void);
void interrupt_resume(bool interrupted);
