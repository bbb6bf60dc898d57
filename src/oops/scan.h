/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Readers of the smallest parts of a line. */
#pragma once

#include <stdint.h>

#include "base/text.h"

static inline const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

/* The number of hexadecimal digits at the start of the text. */
static inline size_t count_hex(const char *text)
{
	return strspn(text, "0123456789abcdefABCDEF");
}

/* The number of characters of a symbol's name, perhaps with digits first, at the start of the text. */
static inline size_t count_name(const char *text)
{
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$.");
}

/* Reads a decimal number. Returns the text after it, or NULL if it has no digit, or more than `most`. */
static inline const char *scan_decimal(const char *text, size_t most, uint64_t *value)
{
	size_t nr = 0;

	for (*value = 0; text[nr] >= '0' && text[nr] <= '9'; nr++) {
		if (nr == most)
			return NULL;
		*value = *value * 10 + (uint64_t)(text[nr] - '0');
	}
	return nr ? text + nr : NULL;
}
