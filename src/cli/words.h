/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The syntax of command lines. Blanks separate words, ';' separates commands, and '#' at the start
 * of a word begins a comment. "COMMAND | SHELL" sends the answers to a shell command, "COMMAND >
 * FILE" writes them to a file, and ">> FILE" appends them to the file. "!SHELL" runs a shell
 * command. '...', "..." and \ quote as in a shell. Lines are modified in place, and the results
 * point into them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct command_text {
	char *words; /* NULL if the command is "!SHELL" */
	char *shell; /* the text after '!' or '|', or NULL */
	char *file; /* the text after '>', still quoted, or NULL */
	bool append; /* ">>" */
};

/* Cuts the next command off *line. Returns false if only blanks and comments are left. */
bool command_text_next(char **line, struct command_text *text);

/* Returns an upper bound of the number of words in text. */
int words_bound(const char *text);

/* Splits text into argv, which has room for words_bound() words and a NULL. Returns the number of
 * words, or -1 if a quotation is not closed. */
int words_split(char *text, char **argv);

size_t count_words(char **words);
