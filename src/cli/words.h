/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The syntax of command lines. Blanks separate words, ';' separates commands, and '#' at the start
 * of a word begins a comment. "COMMAND | SHELL" sends the answers to a shell command, "COMMAND >
 * FILE" writes them to a file, and ">> FILE" appends them to a file. "!SHELL" runs a shell command.
 * '...', "..." and \ have the same meaning as in a shell. Lines are modified in place, and results
 * point into them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct command_text {
	char *words; /* NULL if the line is "!SHELL" */
	char *shell; /* the text after '!' or '|', or NULL */
	char *file; /* the text after '>', with its quotes, or NULL */
	bool append; /* ">>" */
};

/* Removes the first command from *line, and writes it to *text. Returns false if *line contains
 * only blanks and comments. */
bool command_text_next(char **line, struct command_text *text);

/* Returns a number that is not smaller than the number of words in text. */
int words_bound(const char *text);

/* Splits text into words in argv, which must have space for words_bound() words and a NULL. Returns
 * the number of words, or -1 if a quote is not closed. */
int words_split(char *text, char **argv);

/* Splits text into words. Returns the array of words, which the caller frees, and which ends with a
 * NULL. Returns NULL if there are no words, if a quote is not closed, or if memory is exhausted. */
char **words_of(char *text);

static inline size_t count_words(char **words)
{
	size_t nr = 0;

	while (words[nr])
		nr++;
	return nr;
}
