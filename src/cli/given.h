/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Converts the words of the running command to its struct of options, its choice of the page table,
 * and its arguments. */
#pragma once

#include "cli/command.h"

/* Reads the options into session->given, which must be zero, and session->table, and moves *words
 * to the arguments. False with err: a wrong option, or too few or too many arguments. */
bool session_read_words(struct session *session, char ***words, struct error *err);

/* Fails if the number of words is not allowed for the command with the options in seen. */
bool arguments_count(const struct command *command, uint32_t seen, char **words, struct error *err);
