/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words NAME:all. Such a word stands for a per-CPU variable on all CPUs. */
#pragma once

#include "cli/command.h"

/* Replaces each word NAME:all by one word for each CPU, and calls run() with the new words. For a
 * command with ONE_ADDRESS, calls run() once for each CPU. If NAME is not a per-CPU variable, the
 * word does not change, and the command will report it. Returns false if memory is exhausted. */
bool cpu_words_run(struct session *session, enum command_addresses addresses, char **words,
		   void (*run)(struct session *session, char **words), struct error *err);
