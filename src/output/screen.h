/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal that shows answers: its size, and the columns that a text takes. */
#pragma once

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

struct screen {
	unsigned int columns; /* at least 20; 0: no terminal, lines have unlimited length */
	unsigned int lines; /* at least 2; UINT_MAX: unknown */
	bool colour;
	locale_t utf8; /* the user's locale; 0: the locale does not use UTF-8 */
};

/* Initializes utf8. */
void screen_create(struct screen *screen);
void screen_destroy(struct screen *screen);

/* Finds the size of the terminal at fd. If the terminal does not know its size, the environment
 * variable COLUMNS is used; if that is not set, lines are not fitted. */
void screen_measure(struct screen *screen, int fd);

/* Returns the number of columns of the first character of a text that is cleaned (printable.h) and
 * not empty. Sets *taken to the size of the character in bytes. If the locale does not use UTF-8,
 * each byte is one column. */
unsigned int screen_character(const struct screen *screen, const char *text, size_t size,
			      unsigned int *taken);
/* Returns the number of columns of a cleaned text. */
size_t screen_width(const struct screen *screen, const char *text, size_t size);

/* Finds the part of a cleaned text that fits into a line of width columns. Returns the size of this
 * part, without blanks at its end. A part ends at a blank or after '|'. A word that is longer than
 * width is cut only after '/' or ','. *next: the offset at which the rest of the text starts; size
 * if there is no rest. */
size_t screen_piece(const struct screen *screen, const char *text, size_t size, size_t width,
		    size_t *next);
/* Returns the number of columns of the longest word. */
size_t screen_longest_word(const struct screen *screen, const char *text, size_t size);
