/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Functions that compose texts in a buffer of fixed size, and compare texts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Appends to the NUL-terminated text in a buffer of size bytes. The part that does not fit is
 * dropped. */
void text_append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* The ending of a noun, and the verb "to be", for nr things: "%zu part%s %s missing". */
static inline const char *plural_s(uint64_t nr)
{
	return nr == 1 ? "" : "s";
}

static inline const char *plural_are(uint64_t nr)
{
	return nr == 1 ? "is" : "are";
}

/* The value of a hexadecimal digit in lower or upper case, or -1 if it is not a hexadecimal
 * digit. */
static inline int hex_value(int digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Finds the first place of text in a line of size bytes. Returns NULL if the line does not contain
 * the text. */
static inline const char *text_find(const char *line, size_t size, const char *text)
{
	return memmem(line, size, text, strlen(text));
}

/* Returns the text after the prefix start, or NULL if the text does not begin with start. */
static inline const char *after_start(const char *text, const char *start)
{
	return starts_with(text, start) ? text + strlen(start) : NULL;
}

/* Like after_start(), for the first of the nr prefixes with which the text begins. */
const char *after_any(const char *text, const char *const *starts, size_t nr);

/* Finds the index of an equal text in the list. Returns false if there is none. */
bool text_place(const char *text, const char *const *texts, size_t nr, size_t *place);
bool is_one_of(const char *text, const char *const *texts, size_t nr);

/* Is the word in the list, in which words are separated by blanks? list may be NULL. */
bool text_list_has(const char *list, const char *word);

/* The number of edits that turn one text into the other, or most + 1 if there are more than most.
 * An edit changes, adds or removes a letter, or swaps two neighbouring letters. If a text has more
 * than 64 letters, the result is most + 1. */
unsigned int text_distance(const char *one, const char *other, unsigned int most);

/* Writes a number of bytes for people: "512 B", "4 KiB", "16776960 TiB". If every unit that divides
 * the number would give more than five digits, the number is rounded: "120.6 MiB". Returns the
 * length. */
enum { TEXT_BYTES_MAX = 32 };
size_t text_bytes(char text[TEXT_BYTES_MAX], uint64_t value);
