/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns the words of the running command into its struct of options, the page table that it
 * walks, and its arguments. */
#pragma once

#include "cli/command.h"

/* Reads the options into session->given, which is zero, and session->table, and moves *words on
 * to the arguments. False with err: a wrong option, or too few or too many arguments. */
bool session_read_words(struct session *session, char ***words, struct error *err);

/* Fails if there are fewer or more words than the command takes with the options in seen. */
bool arguments_count(const struct command *command, uint32_t seen, char **words, struct error *err);
