/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "output/pen.h"

enum { SAY_MAX = 4096 }; /* longer texts are cut off */

/* Formats and cleans one line of at most SAY_MAX bytes. Returns its size. */
__attribute__((format(printf, 2, 0))) static size_t say_compose(char *text, const char *format,
								va_list args)
{
	int length = vsnprintf(text, SAY_MAX, format, args);
	size_t size = length < SAY_MAX ? (size_t)length : SAY_MAX - 1;

	return length > 0 ? printable_clean(text, size) : 0;
}

static int said_to = STDERR_FILENO;
static enum colour_wish colour_wish = COLOUR_AUTO;

void say_to(int fd)
{
	said_to = fd;
}

void say_use_colour(enum colour_wish wish)
{
	colour_wish = wish;
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

/* --- lines on a terminal --- */

/* Returns the screen of standard error, even if a pager receives the messages. The screen is
 * measured each time, because its window may have been resized. */
static const struct screen *terminal(void)
{
	static struct screen screen;
	static bool has_locale;

	screen_measure(&screen, STDERR_FILENO);
	screen.colour = colour_wanted(colour_wish, STDERR_FILENO);
	if (screen.columns && !has_locale)
		screen_create(&screen);
	has_locale |= screen.columns;
	return &screen;
}

/* Returns the size of the part of a message that is shown in the style of the message. This part is
 * the name of the program, and "warning:" if it follows. */
static size_t opening_of(const char *text, size_t size)
{
	static const char warning[] = " warning:";
	const size_t more = sizeof(warning) - 1;
	const char *colon = memchr(text, ':', size);
	size_t opening = colon ? (size_t)(colon - text) + 1 : 0;

	if (size - opening >= more && !memcmp(text + opening, warning, more))
		opening += more;
	return opening;
}

/* Returns the end of a word of a shell command. Quotes may contain blanks. Punctuation of the
 * message does not belong to the word. */
static const char *end_of_word(const char *at, const char *end)
{
	const char *close;

	for (; at < end && *at != ' '; at++) {
		close = *at == '\'' ? memchr(at + 1, '\'', (size_t)(end - at) - 1) : NULL;
		at = close ? close : at;
	}
	return at - (at[-1] == ',' || at[-1] == ';');
}

/* Finds a command of gdb that a message contains for the user to paste: the program, its options with
 * their quoted values, and the file. Returns the end of the command, or NULL if there is no command. */
static const char *find_pasted(const char *text, const char *end, const char **start)
{
	static const char program[] = "gdb -ex '";
	const char *at = memmem(text, (size_t)(end - text), program, strlen(program));

	if (!at)
		return NULL;
	*start = at;
	at = end_of_word(at, end);
	while (end - at > 1 && (at[1] == '-' || at[1] == '\''))
		at = end_of_word(at + 1, end);
	return end - at > 1 ? end_of_word(at + 1, end) : at;
}

/* Writes a part of a message, of which the first `opening` bytes have a style. */
static void put_part(struct pen *pen, enum style style, const char *text, size_t opening,
		     size_t size)
{
	const struct cell cells[] = { { .style = style, .end = opening },
				      { .start = opening, .end = size } };

	if (size)
		pen_wrap(pen, 0, free_line_hang(pen->screen, text, size), text, cells, 2);
	pen->at = 0;
}

/* Fits a cleaned line to the terminal, and appends it to writer without a newline. The buffer of
 * the writer is far larger than any such line. A command to be pasted gets a line of its own, which
 * is not wrapped. */
static void fit(struct writer *writer, enum style style, const char *text, size_t size)
{
	const struct screen *screen = terminal();
	struct pen pen = { .screen = screen, .writer = writer };
	size_t opening = style == STYLE_PLAIN ? 0 : opening_of(text, size);
	const char *end = text + size, *start, *rest;

	if (!line_needed(screen) || listening.take) {
		writer_put(writer, text, size);
		return;
	}
	for (; (rest = find_pasted(text + opening, end, &start)); text = rest, opening = 0) {
		put_part(&pen, style, text, opening,
			 (size_t)(start - text) - (start > text && start[-1] == ' '));
		writer_put_byte(writer, '\n');
		writer_put(writer, start, (size_t)(rest - start));
		if (rest == end)
			return;
		writer_put_byte(writer, '\n');
		while (rest < end && strchr(",; ", *rest))
			rest++;
	}
	put_part(&pen, style, text, opening, (size_t)(end - text));
}

/* --- texts --- */

static struct writer *empty_writer(void)
{
	static struct writer writer;

	writer.used = 0;
	return &writer;
}

/* Writes the text. If the pager has ended, writes to standard error instead. */
static void write_said(const struct writer *writer)
{
	if (listening.take) {
		listening.take(listening.arg, writer->buffer, writer->used);
		return;
	}
	if (writer_all(said_to, writer->buffer, writer->used) && said_to != STDERR_FILENO)
		writer_all(STDERR_FILENO, writer->buffer, writer->used);
}

static void say_text(enum style style, const char *text, size_t size)
{
	struct writer *writer = empty_writer();

	fit(writer, style, text, size);
	writer_put_byte(writer, '\n');
	write_said(writer);
}

void say_styled(enum style style, const char *format, ...)
{
	char text[SAY_MAX];
	va_list args;

	va_start(args, format);
	say_text(style, text, say_compose(text, format, args));
	va_end(args);
}

void say_question(const char *format, ...)
{
	struct writer *writer = empty_writer();
	char text[SAY_MAX];
	va_list args;

	va_start(args, format);
	fit(writer, STYLE_PLAIN, text, say_compose(text, format, args));
	va_end(args);
	writer_all(STDERR_FILENO, writer->buffer, writer->used);
}

void say_in_handler(const char *text)
{
	writer_all(STDERR_FILENO, text, strlen(text));
}

int say_on_stdout(const char *text)
{
	return writer_all(STDOUT_FILENO, text, strlen(text));
}

void say_hold(struct held_lines *lines, const char *format, ...)
{
	char line[SAY_MAX], *larger;
	va_list args;
	size_t size;

	va_start(args, format);
	size = say_compose(line, format, args);
	va_end(args);
	larger = realloc(lines->text, lines->size + size + 1);
	if (!larger)
		return;
	memcpy(larger + lines->size, line, size);
	larger[lines->size + size] = '\n';
	lines->text = larger;
	lines->size += size + 1;
}

void say_held(struct held_lines *lines)
{
	for (size_t at = 0, size; at < lines->size; at += size + 1) {
		const char *line = lines->text + at;

		size = (size_t)((const char *)memchr(line, '\n', lines->size - at) - line);
		say_text(STYLE_PLAIN, line, size);
	}
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

/* Returns the number of bytes of the line that fit into one row of the terminal. The rest of the
 * line is not shown, because only one row can be replaced later. The last column of the row stays
 * empty, because some terminals move to the next row when a character is written there. */
static size_t row_size(const char *text, size_t size)
{
	const struct screen *screen = terminal();
	unsigned int used = 0, taken;
	size_t at = 0;

	if (!screen->columns)
		return size;
	for (; at < size; at += taken) {
		used += screen_character(screen, text + at, size - at, &taken);
		if (used >= screen->columns)
			break;
	}
	return at;
}

void status_line_show(struct status_line *line, const char *format, ...)
{
	char text[SAY_MAX + sizeof(erase_rest)] = "\r";
	va_list args;
	size_t size;

	if (!status_line_usable(line))
		return;
	va_start(args, format);
	size = say_compose(text + 1, format, args);
	va_end(args);
	size = 1 + row_size(text + 1, size);
	memcpy(text + size, erase_rest, sizeof(erase_rest) - 1);
	writer_all(STDERR_FILENO, text, size + sizeof(erase_rest) - 1);
	line->shown = true;
}

void status_line_hide(struct status_line *line)
{
	if (line->shown)
		status_line_show(line, "%s", "");
	line->shown = false;
}
