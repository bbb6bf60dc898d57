/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/alias.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/words.h"

const struct alias *alias_next(const struct alias *table, const char *name, const struct alias *at)
{
	if (!at && !table)
		return NULL;
	if (*name == '*') /* "*task_struct" */
		name = "*";
	for (at = at ? at + 1 : table; at->name; at++) {
		const char *form = *at->name == *name ? after_start(name, at->name) : NULL;

		if (form && (!*form || form[-1] == '/')) /* the row "p/" is for "p/x" */
			return at;
	}
	return NULL;
}

const struct alias *alias_with_letter(const struct alias *table, const char *name, char letter)
{
	const struct alias *row = NULL, *found = NULL;

	while ((row = alias_next(table, name, row)))
		if (*row->option && strchr(row->option + 1, letter) && (!found || !row->runs))
			found = row;
	return found;
}

/* Returns true if the word looks like an option. "-1" does not, because it is a number. */
static bool alias_is_option(const char *word)
{
	return word[0] == '-' && word[1] && !strchr("0123456789", word[1]);
}

/* Returns the first option among the words, or NULL. */
static char **alias_find_option(char **words)
{
	for (; *words; words++)
		if (alias_is_option(*words))
			return words;
	return NULL;
}

static bool alias_is_address(const char *word)
{
	uint64_t value;

	return strpbrk(word, "0123456789") && parse_hex(word, &value, NULL);
}

/* Returns true if the next row has the same name and option. If it has, the next row is for words
 * that are not numbers. */
static bool shares_option(const struct alias *row)
{
	return row[1].name && !strcmp(row[1].name, row->name) &&
	       !strcmp(row[1].option, row->option);
}

/* Returns true if the row fits the line. words: the line without the name. option: points to the
 * first option in words; NULL: there is none. */
static bool alias_fits(const struct alias *row, char **words, char **option)
{
	const char *first = words[option == words];

	if (!row->runs && row->kind == WORD_TEXT)
		return first && words[1] && text_list_has(row->arguments, first);
	if (!row->runs)
		return !*row->option;
	/* The line must have no second option, because the option may have another meaning in the
	 * command that is run. */
	if (option ? strcmp(*option, row->option) != 0 || alias_find_option(option + 1) :
		     *row->option)
		return false;
	if (!first)
		return row->kind == WORD_NONE || row->may_lack;
	if (row->kind == WORD_ADDRESS)
		return row->may_lack || !shares_option(row) || alias_is_address(first);
	return row->kind != WORD_NONE;
}

/* Composes the words of the command: first the words of the row, then the words of the line without
 * the option that selected the row. */
static bool cli_alias_translate(const struct alias *row, char **words, char **option,
				struct alias_line *line, struct error *err)
{
	char *rest = line->command, *word;
	size_t nr = 0;

	snprintf(line->command, sizeof(line->command), "%s", row->runs);
	line->words = calloc(sizeof(line->command) + count_words(words) + 1, sizeof(*line->words));
	if (!line->words)
		return out_of_memory(err);
	while ((word = strsep(&rest, " ")))
		line->words[nr++] = word;
	for (; *words; words++)
		if (words != option)
			line->words[nr++] = *words;
	return true;
}

void alias_refuse_letter(const struct alias *row, char letter, struct error *err)
{
	if (row->runs)
		fail(err, ERROR_USAGE, "-%c is not answered here with other options: use %s",
		     letter, row->runs);
	else
		fail(err, ERROR_USAGE, "-%c is not answered here: %s", letter, row->instead);
}

/* Fails. The error message is about the first option that kwalk cannot run, or else lists the rows
 * with this name that kwalk can run. */
static bool alias_refuse(const struct alias *table, char **words, struct error *err)
{
	const struct alias *row = NULL;
	char known[400] = "";

	for (char **word = words + 1; *word; word++)
		for (char *letter = *word + 1; alias_is_option(*word) && *letter; letter++)
			if ((row = alias_with_letter(table, *words, *letter)) && !row->runs) {
				alias_refuse_letter(row, *letter, err);
				return false;
			}
	row = NULL;
	while ((row = alias_next(table, *words, row)))
		if (row->runs)
			text_append(known, sizeof(known), "%s%s%s%s%s%s", *known ? "; " : "",
				    row->name, *row->option ? " " : "", row->option,
				    *row->arguments ? " " : "", row->arguments);
	return fail(err, ERROR_USAGE,
		    "kwalk does not answer this command of crash with these options; it answers: %s",
		    known);
}

bool alias_translate(const struct alias *table, char **words, bool is_command,
		     struct alias_line *line, struct error *err)
{
	const struct alias *row = NULL;
	char **option = *words ? alias_find_option(words + 1) : NULL;
	bool known = false;

	line->words = NULL;
	while (*words && (row = alias_next(table, *words, row))) {
		known = true;
		if (!alias_fits(row, words + 1, option))
			continue;
		if (row->runs)
			return cli_alias_translate(row, words + 1, option, line, err);
		return fail(err, ERROR_USAGE, "is not answered here: %s", row->instead);
	}
	return !known || is_command || alias_refuse(table, words, err);
}
