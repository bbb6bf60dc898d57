/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words NAME:all, which stand for a per-CPU variable on all CPUs. */
#pragma once

#include "cli/command.h"

/* Replaces each word NAME:all by one word for each CPU, and calls run() with the new words. For a
 * command of ONE_ADDRESS, run() is called once for each CPU. If NAME is not a per-CPU variable, the
 * word is not changed, and the command reports it. Returns false if out of memory. */
bool cpu_words_run(struct session *session, enum command_addresses addresses, char **words,
		   void (*run)(struct session *session, char **words), struct error *err);
