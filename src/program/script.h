/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs commands line by line, from the prompt, a file or a pipe. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cli/command.h"

struct script {
	int fd;
	const char *name; /* name of the file for messages; NULL: standard input */
	/* The content of a regular file. NULL: not a regular file, so it is read while the script
	 * runs. */
	char *bytes;
	size_t size;
	bool grows; /* lines that commands append to the file are run, too */
};

/* Opens a script. If path is "-", the script is standard input. Then commands get /dev/null as
 * their standard input, because a command such as "!cat" must not read the script. */
bool script_open(struct script *script, const char *path, struct error *err);

/* Runs the script. Before each read, flushes the answers, because the program that writes to the
 * pipe may wait for them. */
void script_run(struct session *session, const struct script *script);
void script_close(struct script *script);

/* The prompt, with line editing, history and completion. Standard input must be a terminal. */

/* Reads the files that the prompt needs. Must be called before the sandbox is entered. */
void repl_prepare(struct session *session);
/* Reads and runs commands until quit or Ctrl-D. */
void repl_run(struct session *session, bool quiet);
/* Adds a line to the history file. If the line is "", shortens the file to its last lines. Called
 * in the helper, for a request of repl_run() that begins with REPL_REQUEST. */
#define REPL_REQUEST "history "
void repl_keep(const char *line);
