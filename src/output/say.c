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

/* Formats, cleans and ends one line of at most SAY_MAX bytes. Returns its size. */
__attribute__((format(printf, 3, 0)))
static size_t compose(char *text, char end, const char *format, va_list args)
{
	int length = vsnprintf(text, SAY_MAX, format, args);
	size_t size = length < SAY_MAX ? (size_t)length : SAY_MAX - 1;

	size = length > 0 ? printable_clean(text, size) : 0;
	text[size] = end;
	return size + (end != '\0');
}

static int said_to = STDERR_FILENO;

void say_to(int fd)
{
	said_to = fd;
}

static struct {
	void (*take)(void *arg, const char *data, size_t size);
	void *arg;
} listening;

void say_into(void (*take)(void *arg, const char *data, size_t size), void *arg)
{
	listening.take = take;
	listening.arg = arg;
}

/* A pager may have ended. */
static void write_said(const char *text, size_t size)
{
	if (listening.take) {
		listening.take(listening.arg, text, size);
		return;
	}
	if (write_all(said_to, text, size) && said_to != STDERR_FILENO)
		write_all(STDERR_FILENO, text, size);
}

void say(const char *format, ...)
{
	char line[SAY_MAX];
	va_list args;

	va_start(args, format);
	write_said(line, compose(line, '\n', format, args));
	va_end(args);
}

void say_question(const char *format, ...)
{
	char text[SAY_MAX];
	va_list args;

	va_start(args, format);
	write_all(STDERR_FILENO, text, compose(text, '\0', format, args));
	va_end(args);
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
	size = compose(line, '\n', format, args);
	va_end(args);
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

/* --- progress --- */

static const char erase_rest[] = "\033[K";

bool status_line_usable(struct status_line *line)
{
	if (!line->asked)
		line->terminal = isatty(STDERR_FILENO);
	line->asked = true;
	return line->terminal;
}

void status_line_show(struct status_line *line, const char *format, ...)
{
	char text[SAY_MAX + sizeof(erase_rest)] = "\r";
	va_list args;
	size_t size;

	if (!status_line_usable(line))
		return;
	va_start(args, format);
	size = 1 + compose(text + 1, '\0', format, args);
	va_end(args);
	memcpy(text + size, erase_rest, sizeof(erase_rest) - 1);
	write_all(STDERR_FILENO, text, size + sizeof(erase_rest) - 1);
	line->shown = true;
}

void status_line_hide(struct status_line *line)
{
	if (line->shown)
		status_line_show(line, "%s", "");
	line->shown = false;
}
