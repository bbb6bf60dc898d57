/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/style.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool colour_parse(const char *value, enum colour_wish *wish)
{
	if (!value || !strcmp(value, "always"))
		*wish = COLOUR_ALWAYS;
	else if (!strcmp(value, "auto"))
		*wish = COLOUR_AUTO;
	else if (!strcmp(value, "never"))
		*wish = COLOUR_NEVER;
	else
		return false;
	return true;
}

bool colour_wanted(enum colour_wish wish, int fd)
{
	const char *no_color = getenv("NO_COLOR"); /* https://no-color.org */
	const char *terminal = getenv("TERM");

	if (wish != COLOUR_AUTO)
		return wish == COLOUR_ALWAYS;
	return !(no_color && *no_color) && terminal &&
	       strcmp(terminal, "dumb") != 0 && isatty(fd);
}

static bool is_word(const char *word, const char *value, size_t size)
{
	return strlen(word) == size && !memcmp(word, value, size);
}

static bool has(const char *value, size_t size, char letter)
{
	return memchr(value, letter, size);
}

enum style style_of_right(const char *right, bool held, bool both_rights)
{
	if (!held)
		return STYLE_PLAIN;
	if (both_rights)
		return STYLE_FAULT;
	return *right == 'w' ? STYLE_CAUTION : STYLE_GOOD;
}

/* "rwxp" */
static enum style style_of_rights(const char *value, size_t size)
{
	bool writable = has(value, size, 'w'),
	     executable = has(value, size, 'x');

	if (writable && executable)
		return STYLE_FAULT;
	if (writable)
		return STYLE_CAUTION;
	return executable ? STYLE_GOOD : STYLE_PLAIN;
}

/* Outcomes and states of pages, by their names in answers. */
static enum style style_of_state(const char *value, size_t size)
{
	static const struct {
		const char *word;
		enum style style;
	} states[] = {
		{ "present", STYLE_GOOD },
		{ "mapped", STYLE_GOOD },
		{ "ok", STYLE_GOOD },
		{ "inapplicable", STYLE_GOOD },
		{ "absent", STYLE_CAUTION },
		{ "filtered", STYLE_CAUTION },
		{ "not-mapped", STYLE_CAUTION },
		{ "prot-none", STYLE_CAUTION },
		{ "swapped", STYLE_CAUTION },
		{ "migration", STYLE_CAUTION },
		{ "non-canonical", STYLE_CAUTION },
		{ "warning", STYLE_CAUTION },
		{ "not-checked", STYLE_CAUTION },
		{ "no-direct-mapping", STYLE_CAUTION },
		{ "truncated", STYLE_FAULT },
		{ "damaged", STYLE_FAULT },
		{ "corrupt", STYLE_FAULT },
		{ "unreadable", STYLE_FAULT },
		{ "error", STYLE_FAULT },
		{ "hwpoison", STYLE_FAULT },
		{ "conflict", STYLE_FAULT },
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (is_word(states[i].word, value, size))
			return states[i].style;
	return STYLE_PLAIN;
}

/* Of ptov -a. */
static enum style style_of_note(const char *value, size_t size)
{
	if (is_word("-", value, size))
		return STYLE_PLAIN;
	return memmem(value, size, "conflict", strlen("conflict")) ?
		       STYLE_FAULT :
		       STYLE_CAUTION;
}

enum style style_of(const char *field, const char *value, size_t size,
		    bool both_rights)
{
	if (!strcmp(field, "writable") || !strcmp(field, "executable"))
		return style_of_right(field, is_word("yes", value, size),
				      both_rights);
	if (!strcmp(field, "rights"))
		return style_of_rights(value, size);
	if (!strcmp(field, "note"))
		return style_of_note(value, size);
	if (!strcmp(field, "status") || !strcmp(field, "state") ||
	    !strcmp(field, "answer") || !strcmp(field, "kind") ||
	    !strcmp(field, "use"))
		return style_of_state(value, size);
	return STYLE_PLAIN;
}

const char *style_begin(enum style style)
{
	static const char *const begin[] = {
		[STYLE_PLAIN] = "",	      [STYLE_HEADING] = "\033[1m",
		[STYLE_GOOD] = "\033[32m",    [STYLE_CAUTION] = "\033[33m",
		[STYLE_FAULT] = "\033[1;31m",
	};

	return begin[style];
}

const char *style_end(enum style style)
{
	return style == STYLE_PLAIN ? "" : "\033[m";
}
