/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the answers of one command go instead: a shell command, a file. */
#pragma once

#include "cli/command.h"
#include "cli/words.h"

/* Runs text->words by run(), its answers going where text says. Complains of what fails. */
void redirect_run(struct session *session, const struct command_text *text,
		  void (*run)(struct session *session, char *words));

/* False: the path names a file that answers come from, or a folder. */
bool session_may_write(const struct session *session, const char *path, struct error *err);
