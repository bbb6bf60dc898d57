/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/command.h"

/* Runs the commands of one line (see words.h for the syntax); modifies line. A
 * failed command is reported and noted in session->failed; the next one runs. */
void session_run_line(struct session *session, char *line);

/* Runs the lines of a text (argument of -c). */
void session_run_text(struct session *session, const char *text);
