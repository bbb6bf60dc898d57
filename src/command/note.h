/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of text under an answer's row, put together before the row is written. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct note {
	size_t used;
	char text[512]; /* what does not fit is cut off; "" is no line */
};

__attribute__((format(printf, 2, 3)))
static inline void note_add(struct note *note, const char *fmt, ...)
{
	size_t room = sizeof(note->text) - note->used;
	va_list args;
	int size;

	va_start(args, fmt);
	size = vsnprintf(note->text + note->used, room, fmt, args);
	va_end(args);
	if (size > 0)
		note->used += (size_t)size < room ? (size_t)size : room - 1;
}
