/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words with a per-CPU variable of all CPUs, NAME:all. */
#pragma once

#include "cli/command.h"

/* Calls run with the words, after each such word is replaced by one word for each CPU. A command
 * of ONE_ADDRESS is called once for each CPU. A word that is not such a variable stays: the
 * command will complain. False: out of memory. */
bool cpu_words_run(struct session *session, enum command_addresses addresses, char **words,
		   void (*run)(struct session *session, char **words), struct error *err);
