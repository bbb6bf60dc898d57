/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/status_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "output/say.h"

bool status_line_usable(struct status_line *line)
{
	if (!line->asked)
		line->terminal = isatty(STDERR_FILENO);
	line->asked = true;
	return line->terminal;
}

void status_line_show(struct status_line *line, const char *format, ...)
{
	char text[256];
	va_list args;

	if (!status_line_usable(line))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say_transient(text);
	line->shown = true;
}

void status_line_hide(struct status_line *line)
{
	if (line->shown)
		say_transient("");
	line->shown = false;
}
