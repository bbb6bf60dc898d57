/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/code_line.h"

#include <ctype.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

/* On arm64, code consists of words. A word is printed as one number: "b9003820 (39000001)". */
static size_t code_line_digits(const char *at, const char *end)
{
	enum { WORD_DIGITS = 8, BYTE_DIGITS = 2 };
	size_t nr = 0;

	while (at + nr < end && nr <= WORD_DIGITS && isxdigit((unsigned char)at[nr]))
		nr++;
	return nr == WORD_DIGITS || nr == BYTE_DIGITS ? nr : 0;
}

bool code_line_read(const char *line, size_t size, uint8_t code[CODE_LINE_MOST], size_t *nr,
		    size_t *mark)
{
	const char *at = memmem(line, size, "Code: ", 6);
	bool has_mark = false;
	uint64_t number;

	*nr = 0;
	if (!at)
		return false;
	for (at += 6; at < line + size && *nr < CODE_LINE_MOST;) {
		bool marked = *at == '<' || *at == '(';
		size_t digits;

		at += marked;
		digits = code_line_digits(at, line + size);
		if (!digits || *nr + digits / 2 > CODE_LINE_MOST)
			break;
		if (marked) {
			*mark = *nr;
			has_mark = true;
		}
		number = 0;
		for (size_t i = 0; i < digits; i++)
			number = number << 4 | (unsigned int)hex_value(*at++);
		store_le(code + *nr, number, digits / 2);
		*nr += digits / 2;
		at += marked;
		at += at < line + size && *at == ' ';
	}
	return has_mark;
}
