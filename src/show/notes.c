/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void notes_add(struct notes *notes, const char *fmt, ...)
{
	va_list args;

	if (notes->nr == MAX_NOTES)
		return;
	va_start(args, fmt);
	vsnprintf(notes->line[notes->nr++], NOTE_SIZE, fmt, args);
	va_end(args);
}

void notes_append(struct notes *notes, const char *fmt, ...)
{
	va_list args;
	char *line;
	size_t used;

	if (!notes->nr)
		return;
	line = notes->line[notes->nr - 1];
	used = strlen(line);
	va_start(args, fmt);
	vsnprintf(line + used, NOTE_SIZE - used, fmt, args);
	va_end(args);
}

void notes_print(const struct notes *notes, struct output *output)
{
	for (size_t i = 0; i < notes->nr; i++)
		output_note(output, notes->line[i]);
}
