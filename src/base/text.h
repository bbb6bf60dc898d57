/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Texts: composed in a buffer of fixed size, and compared. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Appends to the NUL-terminated text in a buffer of size bytes; drops the text that does not
 * fit. */
void text_append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* "%zu part%s %s missing": the end of the noun, and the verb, for nr parts. */
static inline const char *plural_s(uint64_t nr)
{
	return nr == 1 ? "" : "s";
}

static inline const char *plural_are(uint64_t nr)
{
	return nr == 1 ? "is" : "are";
}

/* The value of a hexadecimal digit of either case; -1: not a hexadecimal digit. */
static inline int hex_value(int digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The first place of the text in a line of size bytes; NULL: not found. */
static inline const char *text_find(const char *line, size_t size, const char *text)
{
	return memmem(line, size, text, strlen(text));
}

/* The text after the prefix start; NULL: the text has another prefix. */
static inline const char *after_start(const char *text, const char *start)
{
	return starts_with(text, start) ? text + strlen(start) : NULL;
}

/* The same for several prefixes: the first of the nr starts that is a prefix counts. */
const char *after_any(const char *text, const char *const *starts, size_t nr);

/* The index in the list of the equal text. False: not found. */
bool text_place(const char *text, const char *const *texts, size_t nr, size_t *place);
bool is_one_of(const char *text, const char *const *texts, size_t nr);

/* Is the word in the list of words that blanks separate? list may be NULL. */
bool text_list_has(const char *list, const char *word);

/* Number of letters to change, add, remove or swap with a neighbour to turn one text into the
 * other; most + 1 if there are more. Texts of more than 64 letters have the largest distance. */
unsigned int text_distance(const char *one, const char *other, unsigned int most);

/* A number of bytes for people: "512 B", "4 KiB", "16776960 TiB"; "120.6 MiB" if every unit that
 * divides the number would give more than five digits. Returns the length. */
enum { TEXT_BYTES_MAX = 32 };
size_t text_bytes(char text[TEXT_BYTES_MAX], uint64_t value);
