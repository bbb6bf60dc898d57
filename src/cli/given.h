/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the words of the running command: its options, the choice of a page table, and its
 * arguments. */
#pragma once

#include "cli/command.h"

/* Reads the options into session->given, which must be zeroed, and into session->chosen.table. Makes
 * *words point to the arguments. If an option is wrong, or if there are too few or too many
 * arguments, sets err and returns false. */
bool session_read_words(struct session *session, char ***words, struct error *err);

/* Fails if the command does not allow this number of arguments. seen: the options that were given
 * (option.h). */
bool arguments_count(const struct command *command, uint32_t seen, char **words, struct error *err);
