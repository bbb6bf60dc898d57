/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of crash's commands, for users who know crash. A name leads to a command of kwalk, or
 * to advice what to use instead. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cli/option.h"

/* A row of the table. If a name has several rows, the first row that fits counts. */
struct alias {
	const char *name;
	const char *option; /* an option that must be given, with its dash; "": none */
	const char *arguments; /* for help; "": none */
	/* The kind of the first argument; WORD_NONE: no arguments. A required WORD_ADDRESS is a
	 * hexadecimal number with at least one digit 0 to 9, if the next row has the same option
	 * and other arguments. */
	enum word_kind kind;
	bool may_lack; /* arguments may be missing */
	/* The kwalk command to run, with its options; all other given words follow. NULL: no
	 * command answers the name, with any options and arguments. */
	const char *runs;
	/* If no command answers: advice what to use instead, the middle part of a sentence. */
	const char *instead;
};

/* A command line that was translated. */
struct alias_line {
	char command[64];
	char **words; /* owned; its words are borrowed. NULL: the line was not an alias */
};

/* Translates the line in words. False with err set: its first word is a name in the table, but no
 * command answers it. A name that is also a command of kwalk (is_command) is translated only if a
 * row's option is given. table may be NULL. */
bool alias_translate(const struct alias *table, char **words, bool is_command,
		     struct alias_line *line, struct error *err);

/* The next row with this name after at, or from the start of the table if at is NULL. NULL: no more
 * rows. */
const struct alias *alias_next(const struct alias *table, const char *name, const struct alias *at);
