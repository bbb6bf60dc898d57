/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Redirects the answers of one command to a shell command or a file. */
#pragma once

#include "cli/command.h"
#include "cli/words.h"

/* Calls run() with text->words, and sends the answers to the shell command or file in text. Reports
 * failures. */
void redirect_run(struct session *session, const struct command_text *text,
		  void (*run)(struct session *session, char *words));

/* Returns false if path is a folder, or a file that answers are read from. */
bool session_may_write(const struct session *session, const char *path, struct error *err);
