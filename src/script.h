/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands from the prompt, a file or a pipe, one line after the other. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cli/command.h"

struct script {
	int fd;
	const char *name; /* of its file, for complaints; NULL: standard input */
	char *bytes; /* all of a regular file; NULL: it is read while it runs */
	size_t size;
};

/* "-" is standard input, which is replaced by /dev/null for commands: "!cat" must not read
 * the script. */
bool script_open(struct script *script, const char *path, struct error *err);

/* Runs the script. Flushes answers before each read: the program at the other end may wait
 * for them before it sends more commands. */
void script_run(struct session *session, const struct script *script);
void script_close(struct script *script);

/* The prompt: line editing, history, completion. Standard input must be a terminal. */

/* Reads what the prompt needs from files: to be called before the sandbox closes. */
void repl_prepare(struct session *session);
/* Runs commands until quit or Ctrl-D. */
void repl_run(struct session *session, bool quiet);
/* Adds a line to the file of the history; "" cuts the file to its last lines. To be
 * called outside of the sandbox; repl_run() asks for it by REPL_REQUEST. */
#define REPL_REQUEST "history "
void repl_keep(const char *line);
