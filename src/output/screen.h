/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminal that answers are shown on: its size, and the columns that a text takes
 * there. */
#pragma once

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

struct screen {
	unsigned int columns; /* at least 20, or 0: no terminal, a line may have any length */
	unsigned int lines; /* at least 2; UINT_MAX: unknown */
	bool colour;
	locale_t utf8; /* the user's locale; 0: it does not use UTF-8 */
};

/* Finds the locale. */
void screen_create(struct screen *screen);
void screen_destroy(struct screen *screen);

/* Finds the size of the terminal at fd. A terminal that does not know its size has COLUMNS
 * columns; if COLUMNS is not set, lines are not fitted. */
void screen_measure(struct screen *screen, int fd);

/* Columns of the first character of a cleaned text that is not empty (printable.h). *taken: its
 * bytes. If the locale does not use UTF-8, each byte is a column. */
unsigned int screen_character(const struct screen *screen, const char *text, size_t size,
			      unsigned int *taken);
/* Columns of a cleaned text. */
size_t screen_width(const struct screen *screen, const char *text, size_t size);

/* The part of a cleaned text that fits into a line of width columns: its bytes, without blanks
 * at its end. Lines end at a blank or after '|'. A word that is longer than width is cut only
 * after '/' and ','. *next: where the rest starts, size if there is none. */
size_t screen_piece(const struct screen *screen, const char *text, size_t size, size_t width,
		    size_t *next);
/* Columns of its longest word. */
size_t screen_longest_word(const struct screen *screen, const char *text, size_t size);
