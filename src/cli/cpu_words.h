/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words with a per-CPU variable of all CPUs, NAME:all. */
#pragma once

#include "cli/command.h"

/* Calls run with the words, in which each such word is replaced by one for each CPU; for
 * a command of ONE_ADDRESS once for each CPU. What is no such variable stays for the
 * command to complain of. False: out of memory. */
bool cpu_words_run(struct session *session, enum command_addresses addresses, char **words,
		   void (*run)(struct session *session, char **words), struct error *err);
