/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands from the prompt, a file or a pipe, one line after the other. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cli/command.h"

struct script {
	int fd;
	const char *name; /* name of the file, for complaints; NULL: standard input */
	char *bytes; /* content of a regular file; NULL: read while the script runs */
	size_t size;
};

/* path "-": standard input, which is replaced by /dev/null for commands, as "!cat" must not read
 * the script. */
bool script_open(struct script *script, const char *path, struct error *err);

/* Runs the script. Flushes answers before each read, as the program at the other end may wait for
 * them. */
void script_run(struct session *session, const struct script *script);
void script_close(struct script *script);

/* The prompt: line editing, history, completion. Standard input must be a terminal. */

/* Reads the files that the prompt needs: call it before the sandbox closes. */
void repl_prepare(struct session *session);
/* Runs commands until quit or Ctrl-D. */
void repl_run(struct session *session, bool quiet);
/* Adds a line to the history file; "" shortens the file to its last lines. Called in the helper, on
 * a request of repl_run() that begins with REPL_REQUEST. */
#define REPL_REQUEST "history "
void repl_keep(const char *line);
