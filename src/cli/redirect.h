/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends the answers of one command to a shell command or to a file. */
#pragma once

#include "cli/command.h"
#include "cli/words.h"

/* Calls run() with text->words, and sends all answers to the shell command or file in text. Reports
 * errors. */
void redirect_run(struct session *session, const struct command_text *text,
		  void (*run)(struct session *session, char *words));

/* Fails if path is a folder, or a file that is open for reading. */
bool session_may_write(const struct session *session, const char *path, struct error *err);
