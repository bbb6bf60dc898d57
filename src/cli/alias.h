/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which command a line runs: the names of kwalk's commands, and the names of crash's commands, for
 * users who know crash. Each name of crash is either translated to a command of kwalk, or refused
 * with a message that suggests what to use instead. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "cli/option.h"

struct command;
struct kernel;

/* A row of the table of aliases. If several rows have the same name, the first row that fits the
 * line is used. */
struct alias {
	const char *name;
	/* An option, with its dash, that the line must contain. "": none. If runs is NULL, it may
	 * have several letters, which stand for as many options: "-fF". */
	const char *option;
	/* The arguments, as help shows them. "": none. If runs is NULL, one of these words must be
	 * the first argument, and other arguments must follow. */
	const char *arguments;
	/* The kind of the first argument. WORD_NONE: no arguments are allowed. WORD_ADDRESS: if the
	 * next row has the same option and the argument is required, this row is only for
	 * hexadecimal numbers with at least one decimal digit, and the next row is for other
	 * words. */
	enum word_kind kind;
	/* The arguments may be left out. If runs is NULL: the row is also for a name of a command that
	 * has the option, with another meaning. */
	bool may_lack;
	/* The kwalk command to run, with its options. The other words of the line become its
	 * arguments. NULL: kwalk has no such command. "": nothing is to be done, so the line is
	 * accepted in silence. */
	const char *runs;
	/* If runs is NULL: what to use instead, as the middle part of a sentence. */
	const char *instead;
};

/* A command line that was translated. */
struct alias_line {
	char command[64];
	char **words; /* owned, but the words are borrowed; NULL: the line was not translated */
	bool accepted; /* nothing is to be done */
};

/* Translates the line in words. If the first word is in the table, but kwalk has no such command,
 * sets err and returns false. If the first word is also the name of a kwalk command (is_command),
 * translates the line only if it contains the option of a row. table may be NULL. */
bool alias_translate(const struct alias *table, char **words, bool is_command,
		     struct alias_line *line, struct error *err);

/* Returns a row with this name whose option has the letter, a row that kwalk cannot run if there is
 * one. Returns NULL if no row has it. */
const struct alias *alias_with_letter(const struct alias *table, const char *name, char letter);
/* Fails: the row's option cannot be used here. */
void alias_refuse_letter(const struct alias *row, char letter, struct error *err);

/* Returns the first row with this name after the row `at`, or of the whole table if `at` is NULL.
 * Returns NULL if there are no more rows. */
const struct alias *alias_next(const struct alias *table, const char *name, const struct alias *at);

/* --- names of commands --- */

/* Finds a command by its name, or by the start of its name if only one command's name begins with
 * it. If no command or several commands match, sets err and returns NULL. The message of err
 * suggests the nearest name, which may be an alias. aliases may be NULL. */
const struct command *command_find(const struct command *const *commands,
				   const struct alias *aliases, const char *name,
				   struct error *err);

/* Finds a command by its whole name. Returns NULL if there is no such command. */
const struct command *command_exactly(const struct command *const *commands, const char *name);

/* Returns the first command of a text, which is not modified. Returns NULL if the text does not begin
 * with a command. */
const struct command *first_command(const struct command *const *commands, const char *text);

/* Returns the arguments of the command help, if the words are "help ..." or "NAME --help", in which
 * case NAME becomes the argument. In all other cases, returns NULL. */
char **help_arguments(char **words);

/* Returns the nearest name: of a command, or else of a crash command that kwalk can run. Returns
 * NULL if no name is similar. */
const char *command_nearest(const struct command *const *commands, const struct alias *aliases,
			    const char *name);

/* --- command lines of other programs --- */

/* Replaces VMLINUX and DUMP in the message of err by the names of the open files, so that users can
 * copy the message's command lines to a shell. Replaces nothing if a shell would split a name, or
 * if a name is too long. */
void advice_name_files(const struct kernel *kernel, struct error *err);

/* --- parts that configure can leave out --- */

struct feature_row {
	const char *name; /* NAME in the option of configure */
	const char *what; /* the end of the message "built without ..." */
	bool built;
};
extern const struct feature_row feature_rows[NR_FEATURES];

/* Returns true if the part was built. If it was left out, sets err and returns false. */
bool feature_built(enum feature feature, struct error *err);
/* Returns true and sets err if a command with this name belongs to a part that was left out. */
bool feature_lacks_command(const char *name, struct error *err);
