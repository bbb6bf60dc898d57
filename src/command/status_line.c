/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/status_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ERASE_REST "\033[K"

/* Around stdio's buffer: what is shown must be seen at once. */
static void show(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return; /* a terminal that is gone: nobody looks */
}

bool status_line_usable(struct status_line *line)
{
	if (!line->asked)
		line->terminal = isatty(STDERR_FILENO);
	line->asked = true;
	return line->terminal;
}

void status_line_show(struct status_line *line, const char *format, ...)
{
	char text[256], all[sizeof(text) + 8];
	va_list args;

	if (!status_line_usable(line))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(all, sizeof(all), "\r%s" ERASE_REST, text);
	show(all);
	line->shown = true;
}

void status_line_hide(struct status_line *line)
{
	if (line->shown)
		show("\r" ERASE_REST);
	line->shown = false;
}
