/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs commands from the prompt, a file or a pipe, line by line. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cli/command.h"

struct script {
	int fd;
	const char *name; /* name of the file in complaints; NULL: standard input */
	/* Content of a regular file; NULL: the content is read while the script runs. */
	char *bytes;
	size_t size;
};

/* Opens a script. path "-" is standard input. For the commands, standard input is then replaced by
 * /dev/null, because "!cat" must not read the script. */
bool script_open(struct script *script, const char *path, struct error *err);

/* Runs the script. Flushes answers before each read, because the program at the other end of the
 * pipe may wait for them. */
void script_run(struct session *session, const struct script *script);
void script_close(struct script *script);

/* The prompt: line editing, history, completion. Standard input must be a terminal. */

/* Reads the files that the prompt needs. Call it before the sandbox is entered. */
void repl_prepare(struct session *session);
/* Runs commands until quit or Ctrl-D. */
void repl_run(struct session *session, bool quiet);
/* Adds a line to the history file. If the line is "", removes all but the last lines of the file
 * instead. Called in the helper, for a request of repl_run() that begins with REPL_REQUEST. */
#define REPL_REQUEST "history "
void repl_keep(const char *line);
