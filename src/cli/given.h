/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Converts the words of the running command to the command's struct of options, the choice of the
 * page table, and the arguments. */
#pragma once

#include "cli/command.h"

/* Reads the options into session->given, which must be zeroed, and into session->table. Moves
 * *words to the arguments. Returns false and sets err if an option is wrong, or if there are too
 * few or too many arguments. */
bool session_read_words(struct session *session, char ***words, struct error *err);

/* Fails if this number of words is not allowed for the command. seen: the options that were given
 * (option.h). */
bool arguments_count(const struct command *command, uint32_t seen, char **words, struct error *err);
