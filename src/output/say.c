/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "output/writer.h"

enum { SAY_MAX = 4096 }; /* longer texts are cut off */

/* Formats and cleans at most size - 1 bytes; returns how many. */
static size_t compose(char *text, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

static size_t compose(char *text, size_t size, const char *format, va_list args)
{
	int length = vsnprintf(text, size, format, args);

	if (length < 0)
		return 0;
	return printable_clean(text, (size_t)length < size ? (size_t)length :
							     size - 1);
}

void say(const char *format, ...)
{
	char line[SAY_MAX];
	va_list args;
	size_t size;

	va_start(args, format);
	size = compose(line, sizeof(line), format, args);
	va_end(args);
	line[size++] = '\n';
	write_all(STDERR_FILENO, line, size);
}

void say_question(const char *format, ...)
{
	char text[SAY_MAX];
	va_list args;

	va_start(args, format);
	write_all(STDERR_FILENO, text,
		  compose(text, sizeof(text), format, args));
	va_end(args);
}

void say_transient(const char *text)
{
	static const char erase_rest[] = "\033[K";
	char line[512] = "\r";
	size_t room = sizeof(line) - sizeof(erase_rest) - 1;
	size_t size = strnlen(text, room);

	memcpy(line + 1, text, size);
	size = 1 + printable_clean(line + 1, size);
	memcpy(line + size, erase_rest, sizeof(erase_rest) - 1);
	write_all(STDERR_FILENO, line, size + sizeof(erase_rest) - 1);
}

void say_in_handler(const char *text)
{
	write_all(STDERR_FILENO, text, strlen(text));
}

int say_on_stdout(const char *text)
{
	return write_all(STDOUT_FILENO, text, strlen(text));
}

void say_hold(struct held_lines *lines, const char *format, ...)
{
	char line[SAY_MAX], *larger;
	va_list args;
	size_t size;

	va_start(args, format);
	size = compose(line, sizeof(line), format, args);
	va_end(args);
	line[size++] = '\n';
	larger = realloc(lines->text, lines->size + size);
	if (!larger)
		return;
	memcpy(larger + lines->size, line, size);
	lines->text = larger;
	lines->size += size;
}

void say_held(struct held_lines *lines)
{
	write_all(STDERR_FILENO, lines->text, lines->size);
	free(lines->text);
	*lines = (struct held_lines){ 0 };
}
