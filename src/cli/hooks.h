/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the program does before and after each command: session->front.begin() and session->front.finish(). */
#pragma once

#include "cli/command.h"

/* Runs the session's command with these words, using cpu_words_run(), between the two functions. If
 * outermost is false, the command runs within another command, and neither function is called. */
bool hooks_run(struct session *session, char **words, void (*run)(struct session *, char **),
	       bool outermost, struct error *err);
