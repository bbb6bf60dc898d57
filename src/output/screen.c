/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/screen.h"

#include <langinfo.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/printable.h"

enum { FEWEST_COLUMNS = 20, MOST_COLUMNS = 10000 };

void screen_create(struct screen *screen)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

	if (locale && !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8"))
		screen->utf8 = locale;
	else if (locale)
		freelocale(locale);
}

static unsigned int columns_wanted(void)
{
	const char *text = getenv("COLUMNS");
	unsigned long columns = text ? strtoul(text, NULL, 10) : 0;

	return columns <= MOST_COLUMNS ? (unsigned int)columns : 0;
}

void screen_measure(struct screen *screen, int fd)
{
	struct winsize size = { 0 };

	screen->columns = 0;
	screen->lines = UINT_MAX;
	if (!isatty(fd))
		return;
	ioctl(fd, TIOCGWINSZ, &size);
	screen->columns = size.ws_col ? size.ws_col : columns_wanted();
	if (screen->columns && screen->columns < FEWEST_COLUMNS)
		screen->columns = FEWEST_COLUMNS;
	if (size.ws_row > 1)
		screen->lines = size.ws_row;
}

unsigned int screen_character(const struct screen *screen, const char *text, size_t size,
			      unsigned int *taken)
{
	uint32_t code = (unsigned char)*text;
	locale_t before;
	int width;

	*taken = 1;
	if (code < 0x80 || !screen->utf8)
		return 1;
	*taken = utf8_length(text, size, &code);
	if (!*taken) {
		*taken = 1;
		return 1;
	}
	before = uselocale(screen->utf8);
	width = wcwidth((wchar_t)code);
	uselocale(before);
	return width < 0 ? 1 : (unsigned int)width;
}

size_t screen_width(const struct screen *screen, const char *text, size_t size)
{
	size_t width = 0;
	unsigned int taken;

	for (size_t at = 0; at < size; at += taken)
		width += screen_character(screen, text + at, size - at, &taken);
	return width;
}

/* Returns the size of the first word, including the blanks before it and the '|' after it. */
static size_t word_size(const char *text, size_t size)
{
	size_t at = 0;

	while (at < size && text[at] == ' ')
		at++;
	while (at < size && text[at] != ' ')
		if (text[at++] == '|')
			break;
	return at;
}

/* Cuts a word that is wider than width. Returns the size of the first part of the word, which ends
 * after the last '/' or ',' that fits into a line. If there is no such character, the part is the
 * whole word. */
static size_t cut_word(const struct screen *screen, const char *text, size_t size, size_t width)
{
	size_t cut = size, used = 0;
	unsigned int taken;

	for (size_t at = 0; at < size; at += taken) {
		used += screen_character(screen, text + at, size - at, &taken);
		if (used > width)
			break;
		if (text[at] == '/' || text[at] == ',')
			cut = at + 1;
	}
	return cut;
}

size_t screen_piece(const struct screen *screen, const char *text, size_t size, size_t width,
		    size_t *next)
{
	size_t end = word_size(text, size), used, more;

	used = screen_width(screen, text, end);
	if (width && used > width)
		end = cut_word(screen, text, end, width);
	while (used <= width && end < size) {
		more = word_size(text + end, size - end);
		used += screen_width(screen, text + end, more);
		if (used > width)
			break;
		end += more;
	}
	*next = end;
	while (*next < size && text[*next] == ' ')
		++*next;
	while (end && text[end - 1] == ' ')
		end--;
	return end;
}

size_t screen_longest_word(const struct screen *screen, const char *text, size_t size)
{
	size_t longest = 0, next;

	for (size_t at = 0; at < size; at += next) {
		size_t piece = screen_piece(screen, text + at, size - at, 0, &next);
		size_t width = screen_width(screen, text + at, piece);

		if (width > longest)
			longest = width;
	}
	return longest;
}
