/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/status_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void status_line_show(struct status_line *line, const char *format, ...)
{
	va_list args;

	if (!isatty(STDERR_FILENO))
		return;
	fputs("\r", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("\033[K", stderr); /* what is left of a longer one */
	line->shown = true;
}

void status_line_hide(struct status_line *line)
{
	if (line->shown)
		fputs("\r\033[K", stderr);
	line->shown = false;
}
