/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process of a command that shows one process, such as files. */
#pragma once

#include "cli/command.h"

/* Finds the process that `word` names. If word is NULL: the process that an option or the command set
 * chose, or else, as in crash, the process that caused the panic. */
bool usual_process(struct session *session, const char *word, struct process *process,
		   struct error *err);
