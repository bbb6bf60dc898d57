/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of crash's commands, so that its users find what they know. A name leads to a
 * command of kwalk, or to advice what to use instead. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cli/option.h"

/* A row of the table. Of several rows for a name, the first that fits is taken. */
struct alias {
	const char *name;
	const char *option; /* the option that must be given, with its dash; "": none */
	const char *arguments; /* as help shows them; "": none */
	/* The kind of the first argument; WORD_NONE: there is none. A required WORD_ADDRESS is a
	 * hexadecimal number with a digit, if the next row is for other words of that option. */
	enum word_kind kind;
	bool may_lack; /* they may be missing */
	/* The command that answers, with its options; all other words given follow. NULL: no
	 * command answers, with any options and arguments. */
	const char *runs;
	/* If no command answers: what to use instead, a sentence without its beginning and end. */
	const char *instead;
};

/* A command line that was translated. */
struct alias_line {
	char command[64];
	char **words; /* owned; the words borrowed. NULL: the line is no alias */
};

/* Translates the line in words. False with err set: its first word is a name of the table
 * but nothing answers. A name that is a command as well (is_command) is translated only
 * with an option of the table. table may be NULL. */
bool alias_translate(const struct alias *table, char **words, bool is_command,
		     struct alias_line *line, struct error *err);

/* The next row with that name after at, or from the start of the table if at is NULL. NULL:
 * there is no more. */
const struct alias *alias_next(const struct alias *table, const char *name, const struct alias *at);
