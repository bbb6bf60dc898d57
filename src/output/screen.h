/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal that shows answers: its size, and the number of columns that a text takes. */
#pragma once

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

struct screen {
	/* at least 20; 0: there is no terminal, so the length of lines is unlimited */
	unsigned int columns;
	unsigned int lines; /* at least 2; UINT_MAX: unknown */
	bool colour;
	locale_t utf8; /* the user's locale; 0: that locale does not use UTF-8 */
};

/* Initializes utf8. */
void screen_create(struct screen *screen);
static inline void screen_destroy(struct screen *screen)
{
	if (screen->utf8)
		freelocale(screen->utf8);
}

/* Finds the size of the terminal at fd. If the terminal does not report its size, uses the
 * environment variable COLUMNS. If COLUMNS is not set either, lines are not fitted. */
void screen_measure(struct screen *screen, int fd);

/* Returns the number of columns that the first character of the text takes. The text must be
 * cleaned (printable.h) and not empty. Sets *taken to the number of bytes in the character. If the
 * locale does not use UTF-8, each byte is a character and takes one column. */
unsigned int screen_character(const struct screen *screen, const char *text, size_t size,
			      unsigned int *taken);
/* Returns the number of columns that a cleaned text takes. */
size_t screen_width(const struct screen *screen, const char *text, size_t size);

/* Finds the first part of a cleaned text that fits into a line of width columns. The part ends at a
 * blank or after '|'. A word is only cut if it is wider than width, and then after '/' or ','.
 * Returns the size of the part without the blanks at its end. Sets *next to the offset at which the
 * rest of the text begins, or to size if there is no rest. */
size_t screen_piece(const struct screen *screen, const char *text, size_t size, size_t width,
		    size_t *next);
/* Returns the number of columns that the longest word takes. */
size_t screen_longest_word(const struct screen *screen, const char *text, size_t size);
