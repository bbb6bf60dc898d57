/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NAME:all, a per-CPU variable on all CPUs. */
#pragma once

#include "cli/command.h"

/* Replaces each word NAME:all by one word for each CPU, and calls run with the words. A command of
 * ONE_ADDRESS is called once for each CPU. A word whose NAME is not a per-CPU variable is not
 * changed: the command will report it. False: out of memory. */
bool cpu_words_run(struct session *session, enum command_addresses addresses, char **words,
		   void (*run)(struct session *session, char **words), struct error *err);
