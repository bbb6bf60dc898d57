/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands from the prompt, a file or a pipe, one line after the other. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "session/command.h"

/* Returns a descriptor, or -1. "-" is standard input, which is replaced by /dev/null
 * for commands: "!cat" must not read the script. */
int script_open(const char *path, struct error *err);

/* Runs the script and closes fd. Flushes answers before each read: the program at the
 * other end may wait for them before it sends more commands. */
void script_run(struct session *session, int fd);

/* The prompt: line editing, history, completion. Runs commands until quit or Ctrl-D.
 * Standard input must be a terminal. */
void repl_run(struct session *session, bool quiet);
