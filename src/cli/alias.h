/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of crash's commands, for users who know crash. A name is either translated to a command
 * of kwalk, or answered with advice what to use instead. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cli/option.h"

/* A row of the table of aliases. If a name has several rows, the first row that fits is used. */
struct alias {
	const char *name;
	const char *option; /* an option that must be given, with a dash before it; "": none */
	const char *arguments; /* for help; "": none */
	/* The kind of the first argument. WORD_NONE: the row allows no arguments. If the next row
	 * has the same option and other arguments, a required WORD_ADDRESS fits only a hexadecimal
	 * number with at least one decimal digit. */
	enum word_kind kind;
	bool may_lack; /* arguments may be left out */
	/* The kwalk command to run, with its options. All other words of the line follow. NULL: no
	 * command of kwalk answers this name. */
	const char *runs;
	/* If runs is NULL: advice what to use instead, as the middle part of a sentence. */
	const char *instead;
};

/* A command line that was translated. */
struct alias_line {
	char command[64];
	char **words; /* owned, but each word is borrowed. NULL: the line was not an alias */
};

/* Translates the line in words. Returns false and sets err if the first word is in the table, but
 * no command of kwalk answers it. If the first word is also the name of a kwalk command
 * (is_command), the line is translated only if it has the option of a row. table may be NULL. */
bool alias_translate(const struct alias *table, char **words, bool is_command,
		     struct alias_line *line, struct error *err);

/* Returns the next row with this name after the row at, or the first one if at is NULL. Returns
 * NULL if there are no more rows. */
const struct alias *alias_next(const struct alias *table, const char *name, const struct alias *at);
