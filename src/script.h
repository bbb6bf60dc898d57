/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands from a file or a pipe, one line after the other. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "command/command.h"

/* Opens a script, "-" for standard input, which commands then no longer see:
 * "!cat" must not eat the script. A descriptor, or -1. */
int script_open(const char *path, struct error *err);

/* Runs and closes it. Before it waits for more input, answers are sent: the
 * program at the other end may wait for them. */
void script_run(struct session *session, int fd);
