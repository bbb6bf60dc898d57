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
	return !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fd);
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
