/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Texts: composed in a buffer of fixed size, and compared. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Appends to the NUL-terminated text in a buffer of size bytes; cuts off what
 * does not fit. */
void text_append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* "%zu part%s %s missing": the end of the noun, and the verb, for nr of them. */
static inline const char *plural_s(uint64_t nr)
{
	return nr == 1 ? "" : "s";
}

static inline const char *plural_are(uint64_t nr)
{
	return nr == 1 ? "is" : "are";
}

/* The value of a hexadecimal digit of either case; -1: it is none. */
static inline int hex_value(int digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Where a line of size bytes has the text; NULL: nowhere. */
static inline const char *text_find(const char *line, size_t size, const char *text)
{
	return memmem(line, size, text, strlen(text));
}

/* The text after the start; NULL: the text begins differently. */
static inline const char *after_start(const char *text, const char *start)
{
	return starts_with(text, start) ? text + strlen(start) : NULL;
}

/* The same for the first of nr starts that the text has. */
const char *after_any(const char *text, const char *const *starts, size_t nr);

/* The index of the equal text in the list. False: none is equal. */
bool text_place(const char *text, const char *const *texts, size_t nr, size_t *place);
bool is_one_of(const char *text, const char *const *texts, size_t nr);

/* Is it one of the words of the list, between which there are blanks? list may be NULL. */
bool text_list_has(const char *list, const char *word);

/* The number of letters that must be changed, added, left out or swapped with their neighbour to
 * make one text the other; most + 1 if there are more. For texts up to 64 letters; longer texts
 * have the largest distance. */
unsigned int text_distance(const char *one, const char *other, unsigned int most);

/* Bytes as one reads them: "512 B", "4 KiB", "16776960 TiB", and "120.6 MiB" of what has more
 * than five digits in any unit that divides it. Returns the length. */
enum { TEXT_BYTES_MAX = 32 };
size_t text_bytes(char text[TEXT_BYTES_MAX], uint64_t value);
