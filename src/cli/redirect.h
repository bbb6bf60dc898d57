/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends the answers of one command elsewhere: to a shell command or a file. */
#pragma once

#include "cli/command.h"
#include "cli/words.h"

/* Calls run() with text->words, and sends the answers where text says. Complains of failures. */
void redirect_run(struct session *session, const struct command_text *text,
		  void (*run)(struct session *session, char *words));

/* False: the path names a file that answers come from, or a folder. */
bool session_may_write(const struct session *session, const char *path, struct error *err);
