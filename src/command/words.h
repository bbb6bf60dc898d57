/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The syntax of command lines: blanks separate words, ';' commands, '#' at the
 * start of a word begins a comment, '|' sends the answers to a shell command,
 * '!' at the start runs one. '...', "..." and \ quote as in a shell. All works
 * in place, on the line itself.
 */
#pragma once

#include <stdbool.h>

struct command_text {
	char *words; /* NULL where the command is the shell's own ("!cmd") */
	char *shell; /* what follows '!' or '|', NULL where there is none */
};

/* Cuts the next command off *line; false where only blanks and comments are
 * left. */
bool command_text_next(char **line, struct command_text *text);

/* An upper bound of the words in text. */
int words_bound(const char *text);

/* Splits text into argv (room for words_bound() and a NULL) and says how many
 * words there are; -1 where a quote is not closed. */
int words_split(char *text, char **argv);
