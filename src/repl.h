/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt: line editing, history, completion, Ctrl-C. */
#pragma once

#include <stdbool.h>

#include "session/command.h"

/* Runs commands until quit or Ctrl-D. Standard input must be a terminal. */
void repl_run(struct session *session, bool quiet);
