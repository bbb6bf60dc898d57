/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options and address ranges, as several commands take them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct session;

struct command_option {
	const char *name;       /* without the dash; no name is the start of another */
	unsigned int *variable; /* set to set_to where the option is given; may be NULL */
	unsigned int set_to;
	const char **value;  /* set to the option's value, borrowed from argv; NULL: none */
	bool value_optional; /* where no word follows *value is left alone */
};

/* Reads the options behind a command's name, joined ("-au", "-p1") or not, and
 * moves *argc and *argv on to the first word behind them. An entry without name
 * ends the table. */
bool command_options(int *argc, char ***argv,
		     const struct command_option *options, struct error *err);

/* Parses [START [END]], a half-open range, into its first and last address (both
 * inclusive). What is not given is left alone. */
bool parse_range(struct session *session, int argc, char **argv,
		 uint64_t *first, uint64_t *last, struct error *err);
