/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Functions that build texts in buffers of a fixed size, and functions that compare texts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Appends to the NUL-terminated text in a buffer of size bytes. Text that does not fit is cut
 * off. */
void text_append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends `more` to a text of `used` bytes in a buffer of size bytes, like text_append() but faster.
 * Returns the length of the new text. */
static inline size_t text_add(char *text, size_t size, size_t used, const char *more)
{
	char *end = memccpy(text + used, more, '\0', size - used);

	if (end)
		return (size_t)(end - text) - 1;
	text[size - 1] = '\0';
	return size - 1;
}

static inline bool starts_with(const char *text, const char *start)
{
	/* Most texts differ in the first letter, and then no function is called. */
	return (*text == *start || !*start) && !strncmp(text, start, strlen(start));
}

/* The ending of a noun, and the form of "to be", for nr things, as in "%zu part%s %s missing". */
static inline const char *plural_s(uint64_t nr)
{
	return nr == 1 ? "" : "s";
}

static inline const char *plural_are(uint64_t nr)
{
	return nr == 1 ? "is" : "are";
}

/* Returns the value of a hexadecimal digit in lower or upper case, or -1 if the character is not
 * such a digit. */
static inline int hex_value(int digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Returns the first occurrence of text in a line of size bytes, or NULL if the line does not
 * contain the text. */
static inline const char *text_find(const char *line, size_t size, const char *text)
{
	return memmem(line, size, text, strlen(text));
}

/* Returns the text after the prefix `start`, or NULL if the text does not begin with `start`. */
static inline const char *after_start(const char *text, const char *start)
{
	return starts_with(text, start) ? text + strlen(start) : NULL;
}

/* Like after_start(), for the first of several prefixes, which '|' separates. */
const char *after_any(const char *text, const char *starts);
/* Returns the text after the first occurrence of `mark`, or NULL. */
const char *after_mark(const char *text, const char *mark);
/* Like after_mark(), for the first of several marks that occurs; '|' separates them. */
const char *after_any_mark(const char *text, const char *marks);

/* Finds text in the list, and sets *place to its index. Returns false if the list does not contain
 * it. */
bool text_place(const char *text, const char *const *texts, size_t nr, size_t *place);
bool is_one_of(const char *text, const char *const *texts, size_t nr);

/* Is `word`, or the word of `size` bytes, one of the words in `list`? Blanks separate the words. `list` may be
 * NULL. No list has an empty word. */
bool text_list_has(const char *list, const char *word);
bool text_list_has_part(const char *list, const char *word, size_t size);

/* Returns the number of edits that turn one text into the other. An edit changes, adds or removes a
 * letter, or swaps two neighbouring letters. Returns most + 1 if more than `most` edits are needed,
 * or if a text has more than 64 letters. */
unsigned int text_distance(const char *one, const char *other, unsigned int most);

/* A misspelt name, and the known name that is nearest to it so far. At first, nearest is NULL. */
struct near_name {
	const char *name;
	unsigned int most; /* largest number of letters that may differ */
	const char *nearest; /* borrowed */
};

/* Keeps this known name if it is nearer than the names before. */
void near_name_try(struct near_name *near, const char *name);

/* Writes the decimal digits of a number, without a NUL. Returns the number of digits, which is at
 * most DECIMAL_DIGITS_MAX. */
#define DECIMAL_DIGITS_MAX 20
unsigned int format_count(char *to, uint64_t value);

/* Writes a number of bytes for people, for example "512 B", "4 KiB" or "16776960 TiB". If the
 * number has more than five digits in every unit that divides it, it is rounded: "120.6 MiB".
 * Returns the length of the text. */
enum { TEXT_BYTES_MAX = 32 };
size_t text_bytes(char text[TEXT_BYTES_MAX], uint64_t value);
