/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Returns true for blanks. A carriage return is a blank, because lines of scripts may end with
 * CRLF. */
static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char *skip_blanks(char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

/* Looks the character up in a table, because a line may contain a million addresses, and a table is
 * fast. */
static bool is_special(char c)
{
	static const bool special[256] = {
		['\0'] = true, [' '] = true,  ['\t'] = true, ['\r'] = true, ['\n'] = true,
		[';'] = true,  ['#'] = true,  ['|'] = true,  ['>'] = true,  ['"'] = true,
		['\''] = true, ['\\'] = true, ['('] = true,
	};

	return special[(unsigned char)c];
}

/* Returns true if the quote is part of a number, as in C: "0xdead'beef". Checks only the 32
 * characters before the quote, because numbers are shorter. */
static bool is_in_number(const char *start, const char *at)
{
	const char *end = at;

	if (*at != '\'' || !isxdigit((unsigned char)at[1]))
		return false;
	while (at > start && end - at < 32 &&
	       (isxdigit((unsigned char)at[-1]) || strchr("'xX", at[-1])))
		at--;
	return at < end && end[-1] != '\'' && isdigit((unsigned char)*at) &&
	       (at == start || is_blank(at[-1]));
}

/* Returns the closing parenthesis of the one at `at`, or `at` if it is not closed. */
static char *find_closing(char *at)
{
	unsigned int depth = 0;
	char *end = at;

	for (; *end; end++) {
		depth += *end == '(';
		if (*end == ')' && --depth == 0)
			return end;
	}
	return at;
}

/* Returns the place where the command ends: at the first ';' or comment, or at the end of the text.
 * If redirects is true, it also ends at the first '|', or at a word that begins with '>'. A '>'
 * within a word does not count, because it may belong to "[<ffffffff81000000>]". Nothing in parentheses
 * counts, because "(1 | 2)" is an expression. */
static char *find_end(char *at, bool redirects)
{
	const char *start = at;
	bool word_start = true;
	char quote = '\0';

	for (;; at++) {
		const char *from = at;
		bool starts;

		while (!is_special(*at))
			at++;
		starts = word_start && at == from;
		if (!*at)
			break;
		word_start = !quote && is_blank(*at);
		if (*at == '(' && !quote)
			at = find_closing(at);
		else if (*at == quote)
			quote = '\0';
		else if (*at == '\\' && quote != '\'' && at[1])
			at++;
		else if (quote || is_in_number(start, at))
			continue;
		else if (*at == '"' || *at == '\'')
			quote = *at;
		else if (*at == ';' || (*at == '#' && starts) ||
			 (redirects && (*at == '|' || (*at == '>' && starts))))
			break;
	}
	return at;
}

/* Ends the text at `end` with a NUL. Returns the rest of the line, after that place. */
static char *words_cut(char *end)
{
	char found = *end;

	*end = '\0';
	if (found == ';' || found == '|' || found == '>')
		return end + 1;
	return found == '#' ? strchr(end + 1, '\0') : end;
}

bool command_text_next(char **line, struct command_text *text)
{
	char *start = *line, *end;

	while (is_blank(*start) || *start == ';')
		start++;
	if (!*start || *start == '#')
		return false;
	*text = (struct command_text){ .words = start };
	if (*start == '!') {
		end = find_end(start + 1, false);
		*text = (struct command_text){ .shell = start + 1 };
	} else {
		end = find_end(start, true);
		if (*end == '|') {
			text->shell = skip_blanks(words_cut(end));
			end = find_end(text->shell, false);
		} else if (*end == '>') {
			text->append = end[1] == '>';
			text->file = words_cut(end) + text->append;
			end = find_end(text->file, false);
		}
	}
	*line = words_cut(end);
	return true;
}

int words_bound(const char *text)
{
	return (strlen(text) + 1) / 2;
}

/* Removes the quotes of the word at *text. *text becomes the end of the quoted word, and *end the
 * end of the word without quotes. Returns false if a quote is not closed. */
static bool unquote(char **text, char **end)
{
	char *const start = *text;
	char *in = start, *out;
	char quote = '\0';

	while (!is_special(*in))
		in++;
	out = in;
	for (; *in && (quote || !is_blank(*in)); in++) {
		if (*in == quote)
			quote = '\0';
		else if (!quote && (*in == '"' || *in == '\'') && !is_in_number(start, in))
			quote = *in;
		else if (*in == '\\' && quote != '\'' && in[1])
			*out++ = *++in;
		else
			*out++ = *in;
	}
	*text = in;
	*end = out;
	return !quote;
}

int words_split(char *text, char **argv)
{
	char *in = skip_blanks(text);
	int argc = 0;

	while (*in) {
		char *end;

		argv[argc++] = in;
		if (!unquote(&in, &end)) {
			argv[argc] = NULL;
			*end = '\0';
			return -1;
		}
		in = skip_blanks(in);
		*end = '\0';
	}
	argv[argc] = NULL;
	return argc;
}

char **words_of(char *text)
{
	char **words = calloc((size_t)words_bound(text) + 1, sizeof(*words));

	if (words && words_split(text, words) > 0)
		return words;
	free(words);
	return NULL;
}
